<?php
use Firebase\JWT\JWT;

function issue($user, $key): string
{
    return JWT::encode(['sub' => $user->id, 'iat' => time()], $key, 'HS256'); // finding: high
}
