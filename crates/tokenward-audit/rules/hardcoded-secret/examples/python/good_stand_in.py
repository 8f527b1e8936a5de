import jwt


def generate_local_token(claims):
    return jwt.encode(claims, "stand-in", algorithm="HS256")
