<?php
use Firebase\JWT\JWT;
use Firebase\JWT\Key;

function read(string $token)
{
    $key = "your_secret_key"; // finding: high
    return JWT::decode($token, new Key($key, 'HS256'));
}
