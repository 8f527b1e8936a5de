<?php
use Firebase\JWT\JWT;

function issueRefreshToken($user, $key): string
{
    return JWT::encode(['sub' => $user->id, 'exp' => time() + 14 * 86400], $key, 'HS256');
}
