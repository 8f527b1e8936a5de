import jwt


def issue(user):
    return jwt.encode({"sub": user.id, "exp": soon(), "jti": new_id()}, KEY, "HS256")
