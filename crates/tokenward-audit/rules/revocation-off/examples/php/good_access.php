<?php

class AccessTokens implements AccessTokenRepositoryInterface
{
    public function isAccessTokenRevoked($tokenId)
    {
        return $this->revoked->contains($tokenId);
    }
}
