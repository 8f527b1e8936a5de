<?php
use Firebase\JWT\JWT;
use Firebase\JWT\Key;

try {
    $claims = JWT::decode($token, new Key($publicKey, 'RS256'));
} catch (Exception $e) {
    http_response_code(401);
    echo json_encode(['message' => 'Access denied', 'error' => $e->getMessage()]); // finding: medium
}
