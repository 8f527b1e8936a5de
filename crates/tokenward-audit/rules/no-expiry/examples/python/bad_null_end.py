import time

import jwt


def create(user):
    return jwt.encode({"sub": user.id, "expired_at": None}, KEY, algorithm="HS256")  # finding: high


def is_over(claims):
    return claims["expired_at"] < time.time()
