import jwt


def issue(user, lifetime):
    claims = {"sub": user.id}
    if lifetime:
        claims["exp"] = now() + lifetime
    return jwt.encode(claims, KEY, algorithm="HS256")
