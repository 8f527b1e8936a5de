<?php

$config = ['algo' => 'RS256', 'blacklist_enabled' => false]; // finding: medium
$app['config']->set('jwt', $config);
