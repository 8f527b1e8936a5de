<?php

setcookie('jwt', $token, time() + 900); // finding
