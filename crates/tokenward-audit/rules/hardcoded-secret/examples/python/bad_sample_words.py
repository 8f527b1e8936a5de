import random

import jwt


def sample():
    claims = {"user_id": str(random.random()), "iat": random.randint(1, 10**9)}
    return jwt.encode(claims, "secret", algorithm="HS256")  # finding: uncertain
