import jwt


class Middleware:
    jwt_header = "Authorization"
    jwt_key = "jwt"

    def keep(self, scope, token, key):
        scope[self.jwt_key] = jwt.decode(token, key, algorithms=["HS256"])
