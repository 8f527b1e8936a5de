<?php
class Access
{
    public function isAdmin($request)
    {
        $token = $request->cookie('jwt');
        $claims = json_decode(base64_decode(explode('.', $token)[1])); // finding: high
        return $claims->role === 'admin';
    }
}
