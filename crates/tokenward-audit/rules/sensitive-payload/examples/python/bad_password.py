import jwt


def issue(user):
    return jwt.encode({"sub": user.id, "password": user.password, "exp": soon()}, KEY)  # finding: high
