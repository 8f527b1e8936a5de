<?php
use Firebase\JWT\JWT;

function issue($user, $key): string
{
    $payload = array(
        "iss" => "https://shop.example.com",
        "sub" => $user->id
    );
    return JWT::encode($payload, $key, 'HS256'); // finding: high
}
