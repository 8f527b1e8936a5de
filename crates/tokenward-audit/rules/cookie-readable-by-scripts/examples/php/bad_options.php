<?php

$options = [
    'expires' => time() + 900,
    'path' => '/',
    'secure' => true,
];
setcookie('refresh_token', $token, $options); // finding
