<?php
use Firebase\JWT\JWT;

class Tokens
{
    private $secret = 'T0pS3cret!'; // finding: high

    public function issue(array $claims): string
    {
        return JWT::encode($claims, $this->secret, 'HS256');
    }
}
