<?php
use Firebase\JWT\JWT;

function issue($user, $key): string
{
    return JWT::encode([
        'sub' => $user->id,
        'exp' => time() + 60 * 60 * 24 * 7, // finding: high
    ], $key, 'HS256');
}
