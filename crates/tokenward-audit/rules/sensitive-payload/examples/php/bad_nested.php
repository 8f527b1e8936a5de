<?php
use Firebase\JWT\JWT;

function issue(array $user, $key): string
{
    $payload = ['exp' => time() + 300, 'data' => ['id' => $user['id'], 'phone' => $user['phone']]]; // finding: medium
    return JWT::encode($payload, $key, 'HS256');
}
