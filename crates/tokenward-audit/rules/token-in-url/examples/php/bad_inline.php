<?php

use Firebase\JWT\JWT;
use Firebase\JWT\Key;

$claims = JWT::decode($_GET['jwt'], new Key($key, 'RS256')); // finding
