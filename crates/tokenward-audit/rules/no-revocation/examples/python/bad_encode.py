import jwt


def issue(user):
    return jwt.encode({"sub": user.id, "exp": soon()}, KEY, "HS256")  # finding: uncertain
