import jwt

KEY = open("private.pem").read()


def issue(claims):
    return jwt.encode(claims, KEY, algorithm="RS256")
