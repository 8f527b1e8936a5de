import jwt

KEYS = jwt.PyJWKSet.from_json(open("jwks.json").read())


def issue(user):
    return jwt.encode({"sub": user.id, "exp": soon()}, KEYS[0])
