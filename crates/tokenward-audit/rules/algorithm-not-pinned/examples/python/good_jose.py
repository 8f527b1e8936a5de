from jose import jwt


def read(token):
    return jwt.decode(token, KEY, algorithms=["RS256"])
