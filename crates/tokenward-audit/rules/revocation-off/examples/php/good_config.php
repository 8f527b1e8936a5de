<?php

return [
    'ttl' => 15,
    'blacklist_enabled' => true,
];
