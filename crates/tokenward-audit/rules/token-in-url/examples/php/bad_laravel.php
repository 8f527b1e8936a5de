<?php

use Firebase\JWT\JWT;
use Firebase\JWT\Key;

class Files
{
    public function open(Request $request)
    {
        $token = $request->query('token'); // finding
        return JWT::decode($token, new Key($this->key, 'RS256'));
    }
}
