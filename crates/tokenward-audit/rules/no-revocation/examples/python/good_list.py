import jwt


def read(token):
    claims = jwt.decode(token, KEY, algorithms=["HS256"])
    if claims["sub"] in blocklist:
        raise Refused


def issue(user):
    return jwt.encode({"sub": user.id, "exp": soon()}, KEY)
