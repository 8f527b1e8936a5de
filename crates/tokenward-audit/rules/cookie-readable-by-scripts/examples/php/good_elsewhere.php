<?php

setcookie('jwt', $token, $options);
setcookie('jwt', $token, cookie_settings());
