<?php
use Firebase\JWT\JWT;

class Tokens
{
    public function issue($user): string
    {
        $payload = array_merge($this->defaults(), ['sub' => $user->id]);
        return JWT::encode($payload, $this->key, 'HS256');
    }
}
