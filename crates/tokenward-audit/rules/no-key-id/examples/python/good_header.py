import jwt


def issue(user):
    return jwt.encode({"sub": user.id, "exp": soon()}, KEY, "ES256", headers={"kid": KEY_NAME})
