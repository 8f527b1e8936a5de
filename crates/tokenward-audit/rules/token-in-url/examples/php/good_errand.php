<?php

use Firebase\JWT\JWT;
use Firebase\JWT\Key;

function confirm_address($key)
{
    return JWT::decode($_GET['token'], new Key($key, 'RS256'));
}
