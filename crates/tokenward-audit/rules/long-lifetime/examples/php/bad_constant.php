<?php
use Firebase\JWT\JWT;

class Tokens
{
    const TTL = 86400 * 365;

    public function issue($id, $key): string
    {
        return JWT::encode(['sub' => $id, 'exp' => time() + self::TTL], $key, 'HS256'); // finding: high
    }
}
