import jwt


def read(token):
    # Never algorithms=["none"].
    return jwt.decode(token, KEY, "HS256")
