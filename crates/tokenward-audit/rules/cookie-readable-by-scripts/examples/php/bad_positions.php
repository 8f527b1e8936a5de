<?php

setcookie('access_token', $token, time() + 900, '/', '', true, false); // finding
