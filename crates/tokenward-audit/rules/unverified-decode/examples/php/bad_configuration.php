<?php
use Lcobucci\JWT\Configuration;
use Lcobucci\JWT\Signer\Hmac\Sha256;

function userFromToken(string $jwt, $key)
{
    $config = Configuration::forSymmetricSigner(new Sha256(), $key);
    $token = $config->parser()->parse($jwt); // finding
    return $token->claims()->get('uid');
}
