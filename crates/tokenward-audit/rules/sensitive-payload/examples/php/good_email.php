<?php
use Firebase\JWT\JWT;

function issue($user, $key): string
{
    return JWT::encode(['sub' => $user->id, 'email' => $user->email], $key, 'HS256');
}
