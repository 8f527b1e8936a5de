<?php
use Lcobucci\JWT\Configuration;
use Lcobucci\JWT\Signer\Hmac\Sha256;
use Lcobucci\JWT\Signer\Key\InMemory;

class Factory
{
    const KEY = 'testing-testing-testing-testing'; // finding: high

    public function make(): Configuration
    {
        return Configuration::forSymmetricSigner(new Sha256(), InMemory::plainText(self::KEY));
    }
}
