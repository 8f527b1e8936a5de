<?php
use Lcobucci\JWT\Configuration;

class CurrentUser
{
    public function __construct(private Configuration $config) {}

    public function id(Request $request): string
    {
        $token = $this->config->parser()->parse($request->bearerToken()); // finding: high
        return $token->claims()->get('sub');
    }
}
