import jwt


def issue(user):
    return jwt.encode({"sub": user.id, "email": user.email, "exp": soon()}, KEY)
