<?php
use Firebase\JWT\JWT;
use Firebase\JWT\Key;

function read(string $token)
{
    return JWT::decode($token, new Key(config('jwt.secret'), 'HS256'));
}
