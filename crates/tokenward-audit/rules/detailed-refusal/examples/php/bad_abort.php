<?php
use Firebase\JWT\JWT;
use Firebase\JWT\Key;

function user($token, $key)
{
    try {
        return JWT::decode($token, new Key($key, 'RS256'));
    } catch (SignatureInvalidException $e) {
        abort(401, $e->getMessage()); // finding: medium
    }
}
