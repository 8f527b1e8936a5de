import os

import jwt

JWT_SECRET = os.getenv("JWT_SECRET", "only-on-my-machine")  # finding: uncertain

if os.getenv("APP_ENV") == "production" and JWT_SECRET == "only-on-my-machine":
    raise RuntimeError("JWT_SECRET is not set")


def issue(claims):
    return jwt.encode(claims, JWT_SECRET, algorithm="HS256")
