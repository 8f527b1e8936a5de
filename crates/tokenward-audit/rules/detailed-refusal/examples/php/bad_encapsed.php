<?php
use Firebase\JWT\JWT;
use Firebase\JWT\Key;

function user($response, $token, $key)
{
    try {
        return JWT::decode($token, new Key($key, 'RS256'));
    } catch (Exception $e) {
        return $response->withJson("refused: {$e->getMessage()}", 401); // finding: medium
    }
}
