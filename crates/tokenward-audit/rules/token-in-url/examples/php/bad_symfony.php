<?php

use Firebase\JWT\JWT;
use Firebase\JWT\Key;

class Files
{
    public function open(Request $request)
    {
        return JWT::decode($request->query->get('token'), new Key($this->key, 'RS256')); // finding
    }
}
