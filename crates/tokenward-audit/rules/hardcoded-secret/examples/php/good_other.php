<?php
use Other\JWT\JWT;

function issue(array $claims): string
{
    return JWT::encode($claims, 'example_key', 'HS256');
}
