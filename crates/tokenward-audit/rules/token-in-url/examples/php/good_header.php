<?php

use Firebase\JWT\JWT;
use Firebase\JWT\Key;

$token = substr($_SERVER['HTTP_AUTHORIZATION'], 7);
$claims = JWT::decode($token, new Key($key, 'RS256'));
