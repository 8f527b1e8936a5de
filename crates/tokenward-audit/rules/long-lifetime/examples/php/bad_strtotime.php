<?php
use Firebase\JWT\JWT;

function issue($user, $key): string
{
    return JWT::encode(['sub' => $user->id, 'exp' => strtotime('+30 days')], $key, 'HS256'); // finding: high
}
