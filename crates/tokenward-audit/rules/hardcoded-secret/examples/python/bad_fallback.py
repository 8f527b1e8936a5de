import os

import jwt


def read(token):
    key = os.environ.get("JWT_SECRET", "dev-secret")  # finding: high
    return jwt.decode(token, key, algorithms=["HS256"])
