import jwt


def issue(user, key):
    return jwt.encode({"sub": user.id, "exp": soon()}, key, algorithm="HS256")


def current_user(token, key):
    user = find(jwt.decode(token, key, algorithms=["HS256"])["sub"])
    if not user.is_active:
        raise Forbidden()
    return user
