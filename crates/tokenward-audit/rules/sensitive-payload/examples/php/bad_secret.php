<?php
use Firebase\JWT\JWT;

function issue($account, $key): string
{
    return JWT::encode(['sub' => $account->id, 'api_key' => $account->apiKey], $key, 'HS256'); // finding: high
}
