import jwt


def issue(user):
    return jwt.encode({"sub": user, "exp": soon()}, "", algorithm=None)  # finding: high
