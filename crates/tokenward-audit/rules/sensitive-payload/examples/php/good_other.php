<?php
use Firebase\JWT\JWT;

function login($db, $name, $password, $key): string
{
    $row = $db->find(['name' => $name, 'password' => $password]);
    return JWT::encode(['sub' => $row->id], $key, 'HS256');
}
