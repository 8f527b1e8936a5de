<?php
use Firebase\JWT\JWT;
use Firebase\JWT\Key;

const PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----";

function read(string $token)
{
    return JWT::decode($token, new Key(PUBLIC_KEY, 'RS256'));
}
