<?php
use Firebase\JWT\JWT;

function issue($user, $key): string
{
    return JWT::encode($user->toArray(), $key, 'HS256'); // finding: medium
}
