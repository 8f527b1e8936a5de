import jwt

CHECKS = {"algorithms": ["NONE", "RS256"], "audience": "api"}


def read(token):
    return jwt.decode(token, KEY, **CHECKS)  # finding: medium
