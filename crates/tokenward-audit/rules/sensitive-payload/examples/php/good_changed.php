<?php
use Firebase\JWT\JWT;

function issue($user, $key): string
{
    return JWT::encode(['sub' => $user->id, 'password_changed_at' => $user->changed], $key, 'HS256');
}
