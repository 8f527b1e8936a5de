<?php

use Firebase\JWT\JWT;
use Firebase\JWT\Key;

$token = $_GET['token']; // finding
$claims = JWT::decode($token, new Key($key, 'RS256'));
