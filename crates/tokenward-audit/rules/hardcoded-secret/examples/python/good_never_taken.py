import jwt


def claims(token, key=None):
    return jwt.decode(token, key or "no-key", algorithms=["ES256"], audience="billing")
