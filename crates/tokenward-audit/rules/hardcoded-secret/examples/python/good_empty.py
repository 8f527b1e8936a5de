import os

import jwt

KEY = os.environ.get("JWT_SECRET", "")


def read(token):
    if not KEY:
        raise SystemExit("JWT_SECRET is missing")
    return jwt.decode(token, KEY, algorithms=["HS256"])
