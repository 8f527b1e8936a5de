<?php
use Firebase\JWT\JWT;

function issue($user, $key): string
{
    return JWT::encode(['sub' => $user->id, 'exp' => time() + config('jwt.ttl')], $key, 'HS256');
}
