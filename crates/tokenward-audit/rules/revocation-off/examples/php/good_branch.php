<?php

class RefreshTokens implements RefreshTokenRepositoryInterface
{
    public function isRefreshTokenRevoked($tokenId)
    {
        if (isset($this->ended[$tokenId])) {
            return true;
        }
        return false;
    }
}
