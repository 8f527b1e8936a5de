from jose import jwt


def read(token):
    return jwt.decode(token, KEYS, algorithms=["RS256", "ES256"])
