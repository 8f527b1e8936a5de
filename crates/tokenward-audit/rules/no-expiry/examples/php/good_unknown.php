<?php
use Firebase\JWT\JWT;

function issue(array $payload, $key): string
{
    return JWT::encode($payload, $key, 'HS256');
}
