<?php
function current_user(): array
{
    $jwt = $_COOKIE['token'];
    $parts = explode('.', $jwt); // finding: high
    $payload = json_decode(base64_decode($parts[1]), true);
    return $payload['user'];
}
