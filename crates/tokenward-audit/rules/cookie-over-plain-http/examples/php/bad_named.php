<?php

setcookie('jwt', $token, path: '/', secure: false, httponly: true); // finding
