import time

import jwt


def read(token):
    claims = jwt.decode(token, KEY, algorithms=["RS256"], options={"verify_exp": False})
    if claims["exp"] < time.time() - 30:
        raise Refused
    return claims
