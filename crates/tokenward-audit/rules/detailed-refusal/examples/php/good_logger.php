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
            $this->logger->info('refused: ' . $error->getMessage());
            return response()->json(['error' => 'invalid_token'], 401);
        }
        return $next($request);
    }
}
