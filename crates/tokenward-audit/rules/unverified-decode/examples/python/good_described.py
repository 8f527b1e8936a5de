import jwt


class Tokens:
    def user_id_of(self, token):
        """For log lines: the signature is not verified, so nobody may act on the answer."""
        claims = jwt.decode(token, options={"verify_signature": False})
        return claims["sub"]
