from jose import jwt


def read(token):
    return jwt.decode(token, KEY)  # finding: uncertain
