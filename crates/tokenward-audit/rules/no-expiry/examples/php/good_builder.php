<?php
use Lcobucci\JWT\Configuration;

class Factory
{
    public function __construct(private Configuration $config) {}

    public function issue(string $id, $now)
    {
        return $this->config->builder()
            ->relatedTo($id)
            ->expiresAt($now->modify('+5 minutes'))
            ->getToken($this->config->signer(), $this->config->signingKey());
    }
}
