<?php
use Lcobucci\JWT\Configuration;

class Factory
{
    public function __construct(private Configuration $config) {}

    public function issue(string $id)
    {
        return $this->config->builder() // finding: high
            ->relatedTo($id)
            ->issuedBy('shop')
            ->getToken($this->config->signer(), $this->config->signingKey());
    }
}
