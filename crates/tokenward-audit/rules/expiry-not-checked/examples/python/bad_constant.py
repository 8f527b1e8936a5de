from jose import jwt

OPTIONS = {"verify_exp": False, "verify_aud": True}


def read(token):
    return jwt.decode(token, KEY, "HS256", OPTIONS)  # finding: high
