<?php

use Firebase\JWT\JWT;
use Firebase\JWT\Key;

$claims = JWT::decode($_POST['token'], new Key($key, 'RS256'));
