<?php
use Firebase\JWT\JWT;

function issue($user, $key): string
{
    return JWT::encode(['sub' => $user->id, 'exp' => strtotime('+1 hour')], $key, 'HS256');
}
