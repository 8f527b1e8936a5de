import jwt

ALGORITHM = "ES256"


def issue(user):
    return jwt.encode({"sub": user, "exp": soon()}, KEY, algorithm=ALGORITHM)
