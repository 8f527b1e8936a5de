<?php
use Firebase\JWT\JWT;

function activationLink($user, $key): string
{
    return JWT::encode(['sub' => $user->id, 'exp' => time() + 3 * 86400], $key, 'HS256');
}
