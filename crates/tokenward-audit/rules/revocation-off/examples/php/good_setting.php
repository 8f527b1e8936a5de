<?php

return [
    'blacklist_enabled' => env('JWT_BLACKLIST_ENABLED'),
];
