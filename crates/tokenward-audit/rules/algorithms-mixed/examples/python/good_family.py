import jwt


def read(token):
    return jwt.decode(token, KEY, algorithms=["HS256", "HS384", "HS512"])
