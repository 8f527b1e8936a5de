from jose import jwt


def read(token):
    return jwt.decode(token, KEY, algorithms=None, audience="api")  # finding: uncertain
