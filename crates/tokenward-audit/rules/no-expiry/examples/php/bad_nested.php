<?php
use Firebase\JWT\JWT;

class Tokens
{
    public function issue(array $user): string
    {
        $claims = ['iat' => time(), 'data' => ['id' => $user['id'], 'name' => $user['name']]];
        return JWT::encode($claims, $this->key, 'HS256'); // finding: high
    }
}
