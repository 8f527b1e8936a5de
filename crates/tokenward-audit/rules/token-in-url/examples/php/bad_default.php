<?php

use Firebase\JWT\JWT;
use Firebase\JWT\Key;

$token = $_GET['access_token'] ?? ''; // finding
$claims = JWT::decode($token, new Key($key, 'RS256'));
