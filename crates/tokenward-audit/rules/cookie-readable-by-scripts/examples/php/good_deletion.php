<?php

setcookie('jwt', '', time() - 3600);
setcookie('refresh_token', $token, time() - 3600);
