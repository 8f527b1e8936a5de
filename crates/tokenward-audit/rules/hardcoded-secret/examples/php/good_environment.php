<?php
use Firebase\JWT\JWT;

function issue(array $claims): string
{
    return JWT::encode($claims, getenv('BILLING_JWT_KEY'), 'HS256');
}
