<?php
use Firebase\JWT\JWT;

function issue($user, $key): string
{
    $now = time();
    $end = $now + 36000; // finding: medium
    $payload = ['sub' => $user->id, 'iat' => $now, 'exp' => $end];
    return JWT::encode($payload, $key, 'HS256');
}
