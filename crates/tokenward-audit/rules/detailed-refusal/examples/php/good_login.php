<?php
use Firebase\JWT\JWT;

function login($name, $password, $key)
{
    try {
        $user = find($name, $password);
    } catch (LoginException $e) {
        return response()->json(['error' => $e->getMessage()], 401);
    }
    return JWT::encode(['sub' => $user->id, 'exp' => time() + 300], $key, 'RS256');
}
