import time

import jwt


def make(user):
    return jwt.encode({"sub": user, "exp_date": time.time() + 300}, KEY, algorithm="HS256")


def read(token):
    claims = jwt.decode(token, KEY, algorithms=["HS256"])
    return claims if claims["exp_date"] > time.time() else None
