<?php

use Firebase\JWT\JWT;
use Firebase\JWT\Key;

$claims = JWT::decode($_COOKIE['jwt'], new Key($key, 'RS256'));
