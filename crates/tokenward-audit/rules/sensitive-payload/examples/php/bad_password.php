<?php
use Firebase\JWT\JWT;

function issue($user, $key): string
{
    return JWT::encode([
        'sub' => $user->id,
        'password' => $user->password, // finding: high
        'exp' => time() + 300,
    ], $key, 'HS256');
}
