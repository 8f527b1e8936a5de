<?php
use Lcobucci\JWT\Configuration;

class Factory
{
    public function __construct(private Configuration $config) {}

    public function issue(string $id, \DateTimeImmutable $now)
    {
        return $this->config->builder()
            ->relatedTo($id)
            ->expiresAt($now->modify('+12 hours')) // finding: medium
            ->getToken($this->config->signer(), $this->config->signingKey());
    }
}
