<?php

$options = [
    'expires' => time() + 900,
    'path' => '/',
    'httponly' => true,
];
setcookie('refresh_token', $token, $options); // finding
