<?php
use Firebase\JWT\JWT as Tokens;

function issue($id, $key): string
{
    return Tokens::encode(['id' => $id], $key, 'RS256'); // finding: high
}
