import jwt


class FakeIdentityProvider:
    def token(self, user):
        return jwt.encode({"sub": user, "exp": soon()}, "known to all", algorithm="HS256")
