<?php

setcookie('jwt', $token, path: '/', secure: true, httponly: false); // finding
