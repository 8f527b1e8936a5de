<?php

setcookie('access_token', $token, time() + 900, '/', '', false, true); // finding
