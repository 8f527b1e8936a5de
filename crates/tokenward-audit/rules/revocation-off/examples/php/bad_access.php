<?php

class AccessTokens implements AccessTokenRepositoryInterface
{
    public function isAccessTokenRevoked($tokenId) // finding: medium
    {
        return false;
    }
}
