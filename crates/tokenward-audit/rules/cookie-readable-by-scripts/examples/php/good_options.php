<?php

setcookie('jwt', $token, [
    'expires' => time() + 900,
    'httponly' => true,
    'secure' => true,
    'samesite' => 'Strict',
]);
