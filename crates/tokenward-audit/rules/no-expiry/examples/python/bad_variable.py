from jose import jwt


def issue(user):
    claims = {"sub": user.id}
    claims["scope"] = "read"
    return jwt.encode(claims, KEY, algorithm="HS256")  # finding: high
