<?php
use Firebase\JWT\JWT;

function issue($user, $key): string
{
    return JWT::encode(['sub' => $user->id, 'exp' => time() + 15 * 60], $key, 'HS256');
}
