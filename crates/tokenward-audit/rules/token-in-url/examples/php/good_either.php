<?php

use Firebase\JWT\JWT;
use Firebase\JWT\Key;

$token = $_COOKIE['jwt'] ?? $_GET['jwt'];
$claims = JWT::decode($token, new Key($key, 'RS256'));
