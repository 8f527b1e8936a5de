import secrets

import jwt

KEY = secrets.token_hex(32)


def issue(claims):
    return jwt.encode(claims, KEY)
