from fastapi import Depends
from jose import jwt


class ScopedVerifier(Verifier):
    async def verify_token(self, credentials=Depends(bearer)):
        await super().verify_token(credentials)
        claims = jwt.get_unverified_claims(credentials.credentials)
        return self.scope in claims["scope"].split()
