import jwt


def issue(user):
    claims = dict(sub=user.id)
    claims.update(exp=soon())
    return jwt.encode(claims, KEY, algorithm="HS256")
