<?php

return [
    'blacklist_enabled' => env('JWT_BLACKLIST_ENABLED', false), // finding: medium
    'blacklist_grace_period' => 0,
];
