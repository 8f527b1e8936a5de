import random

import jwt


def guest(user):
    claims = {"sub": user.id, "uid": random.randint(1, 10**9), "exp": soon()}
    return jwt.encode(claims, "orchard-winter-2", algorithm="HS256")  # finding: high
