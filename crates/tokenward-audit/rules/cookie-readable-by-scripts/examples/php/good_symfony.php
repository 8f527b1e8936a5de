<?php

use Symfony\Component\HttpFoundation\Cookie;

$cookie = Cookie::create('jwt', $token);
$response->headers->setCookie($cookie);
