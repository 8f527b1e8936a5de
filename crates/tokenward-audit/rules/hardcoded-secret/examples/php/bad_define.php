<?php
use \Firebase\JWT\JWT;

define('SECRET', 'a secret in the code'); // finding: high

function issue(array $claims): string
{
    return JWT::encode($claims, SECRET, 'HS256');
}
