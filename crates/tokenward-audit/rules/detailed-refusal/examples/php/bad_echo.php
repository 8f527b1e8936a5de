<?php

use Firebase\JWT\JWT;
use Firebase\JWT\Key;

try {
    $claims = JWT::decode($token, new Key($public, 'RS256'));
} catch (Exception $e) {
    http_response_code(401);
    echo 'refused: ' . $e->getMessage(); // finding: medium
}
