from authlib.jose import jwt


class Tokens:
    def issue(self, user):
        return jwt.encode({"alg": "HS256"}, {"sub": user.id, "exp": soon()}, self.secret)

    def read(self, token):
        claims = jwt.decode(token, self.secret)
        claims.validate()
        return claims
