<?php
use Firebase\JWT\JWT;

function issue($customer, $key): string
{
    return JWT::encode(['sub' => $customer->id, 'cardNumber' => $customer->card], $key, 'HS256'); // finding: high
}
