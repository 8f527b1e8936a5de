<?php
use Firebase\JWT\JWT;
use Firebase\JWT\Key;

class Middleware
{
    public function handle($request, $next)
    {
        try {
            JWT::decode($request->bearerToken(), new Key($this->key, 'RS256'));
        } catch (\Throwable $error) {
            return response()->json(['error' => $error->getMessage()], 401); // finding: medium
        }
        return $next($request);
    }
}
