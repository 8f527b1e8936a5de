import jwt

OPTIONS = {"verify_signature": True, "require": ["exp", "iss"]}


def load(token):
    return jwt.decode(token, KEY, algorithms=["RS256"], options=OPTIONS)
