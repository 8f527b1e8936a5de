import time

import jwt


def make(user):
    return jwt.encode({"sub": user, "exp_date": time.time() + 300}, KEY, algorithm="HS256")  # finding: high


def read(token):
    return jwt.decode(token, KEY, algorithms=["HS256"])
