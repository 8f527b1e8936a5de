import jwt


def read(token, kind):
    if kind == "service":
        return jwt.decode(token, SECRET, algorithms=["HS256"])
    return jwt.decode(token, PUBLIC, algorithms=["RS256"])
