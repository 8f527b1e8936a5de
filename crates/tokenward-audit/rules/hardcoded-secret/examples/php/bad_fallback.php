<?php
use Firebase\JWT\JWT;

class Tokens
{
    public function issue(array $claims): string
    {
        $secret = getenv('JWT_SECRET') ?: 'fallback'; // finding: high
        return JWT::encode($claims, $secret, 'HS256');
    }
}
