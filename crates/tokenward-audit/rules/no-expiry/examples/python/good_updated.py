import jwt


def issue(data):
    claims = data.copy()
    claims.update({"exp": soon()})
    return jwt.encode(claims, KEY, "HS256")
