<?php
use Firebase\JWT\JWT;
use Firebase\JWT\Key;

function user($response, $token, $key)
{
    try {
        return JWT::decode($token, new Key($key, 'RS256'));
    } catch (Exception $e) {
        $response->getBody()->write('Invalid token: ' . $e->getMessage()); // finding: medium
    }
}
