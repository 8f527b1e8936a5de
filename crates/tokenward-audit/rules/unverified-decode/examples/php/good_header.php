<?php
function key_id(string $jwt): string
{
    $header = explode('.', $jwt)[0];
    return json_decode(base64_decode($header))->kid;
}
