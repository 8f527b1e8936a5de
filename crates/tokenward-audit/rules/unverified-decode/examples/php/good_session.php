<?php
use Lcobucci\JWT\Configuration;

class Profile
{
    public function __construct(private Configuration $config) {}

    public function account(): Account
    {
        $token = $this->config->parser()->parse($_SESSION['token']);
        return Account::find($token->claims()->get('sub'));
    }
}
