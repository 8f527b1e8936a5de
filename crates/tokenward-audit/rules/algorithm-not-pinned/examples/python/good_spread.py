from jose import jwt


def read(token, checks):
    return jwt.decode(token, KEY, **checks)
