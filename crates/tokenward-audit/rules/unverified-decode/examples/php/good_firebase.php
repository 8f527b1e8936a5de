<?php
use Firebase\JWT\JWT;
use Firebase\JWT\Key;

function current_user(string $jwt, string $publicKey)
{
    return JWT::decode($jwt, new Key($publicKey, 'RS256'))->sub;
}
