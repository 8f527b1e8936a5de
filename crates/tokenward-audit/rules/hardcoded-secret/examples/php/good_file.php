<?php
use Lcobucci\JWT\Signer\Key\InMemory;

function key(string $path)
{
    return InMemory::file($path);
}
