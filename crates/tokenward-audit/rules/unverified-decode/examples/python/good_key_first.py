import jwt


class Tokens:
    def secret(self, token=None):
        claims = jwt.decode(token, options={"verify_signature": False})
        return self.secrets.of(claims["user_id"])

    def read(self, request):
        token = self.token_of(request)
        return jwt.decode(token, self.secret(token=token), algorithms=["HS256"])
