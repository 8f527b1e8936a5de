import jwt


def issue(user):
    return jwt.encode({"sub": user.id, "password_changed_at": user.changed, "exp": soon()}, KEY)
