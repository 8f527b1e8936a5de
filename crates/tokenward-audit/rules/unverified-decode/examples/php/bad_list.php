<?php
class Auth
{
    public function authenticate($request)
    {
        $jwt = $request->header('Authorization');
        list($header, $payload, $signature) = explode('.', $jwt); // finding: high
        return json_decode(base64_decode(strtr($payload, '-_', '+/')));
    }
}
