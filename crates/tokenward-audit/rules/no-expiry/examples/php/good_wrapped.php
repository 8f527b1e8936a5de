<?php
use Firebase\JWT\JWT;

function issue($session, $key)
{
    return JWT::encode(['session' => json_encode($session)], $key, 'HS256');
}
