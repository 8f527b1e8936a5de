<?php
use Lcobucci\JWT\Configuration;
use Lcobucci\JWT\Validation\Constraint\SignedWith;

class CurrentUser
{
    public function __construct(private Configuration $config) {}

    public function id(string $jwt): string
    {
        $token = $this->config->parser()->parse($jwt);
        $this->config->validator()->assert($token, ...$this->config->validationConstraints());
        return $token->claims()->get('sub');
    }
}
