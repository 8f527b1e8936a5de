<?php

setcookie('language', $language, time() + 900);
setcookie('csrf_token', $token, time() + 900);
