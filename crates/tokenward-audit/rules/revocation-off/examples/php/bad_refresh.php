<?php

class RefreshTokens implements RefreshTokenRepositoryInterface
{
    public function isRefreshTokenRevoked(string $tokenId): bool // finding: medium
    {
        return false; // nothing is kept yet
    }
}
