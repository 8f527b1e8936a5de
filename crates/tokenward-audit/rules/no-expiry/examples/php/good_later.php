<?php
use Firebase\JWT\JWT;

function issue($user, $key): string
{
    $payload = ['sub' => $user->id];
    $payload['exp'] = time() + 300;
    return JWT::encode($payload, $key, 'HS256');
}
