import jwt


def issue(user):
    return jwt.encode({"sub": user.id, "exp": soon(), "ver": user.token_version}, KEY)
