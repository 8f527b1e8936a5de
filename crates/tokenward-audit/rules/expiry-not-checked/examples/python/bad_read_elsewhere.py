import jwt


class Reader:
    def parts(self, token):
        claims = self.open(token)
        return claims["sub"], claims["exp"]

    def open(self, token):
        return jwt.decode(token, KEY, algorithms=["ES256"], options={"verify_exp": False})  # finding: high
