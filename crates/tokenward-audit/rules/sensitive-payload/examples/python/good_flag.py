import jwt


def issue(user):
    return jwt.encode({"sub": user.id, "phone": True, "exp": soon()}, KEY)
