import jwt


def issue(user):
    claims = {"sub": user.id, "secret": digest(user.id, salt=SALT)[:32], "exp": soon()}
    return jwt.encode(claims, KEY, algorithm="HS256")
