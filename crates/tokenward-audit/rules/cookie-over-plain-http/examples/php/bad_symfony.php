<?php

use Symfony\Component\HttpFoundation\Cookie;
use Symfony\Component\HttpFoundation\Response;

function answer(Response $response, string $token): void
{
    $cookie = Cookie::create('jwt')->withValue($token)->withSecure(false)->withHttpOnly(true); // finding
    $response->headers->setCookie($cookie);
}
