<?php
function version(string $release): int
{
    // $payload = json_decode(base64_decode(explode('.', $jwt)[1]));
    return (int) explode('.', $release)[0];
}
