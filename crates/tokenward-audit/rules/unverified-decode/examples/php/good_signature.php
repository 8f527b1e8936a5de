<?php
function verified(string $jwt, string $key): array
{
    [$header, $payload, $signature] = explode('.', $jwt);
    $expected = hash_hmac('sha256', "$header.$payload", $key, true);
    if (!hash_equals($expected, base64_decode(strtr($signature, '-_', '+/')))) {
        throw new Exception();
    }
    return json_decode(base64_decode($payload), true);
}
