import jwt


def issue(user):
    claims = {"sub": user.id}
    claims["exp"] = soon()
    return jwt.encode(claims, KEY, "HS256")
