<?php

return [
    'secret' => env('JWT_SECRET'),
    'ttl' => 60,
    'blacklist_enabled' => false, // finding: medium
];
