import jwt


def read(token):
    alg = jwt.get_unverified_header(token)["alg"]
    if alg not in ("RS256", "RS512"):
        raise Refused
    return jwt.decode(token, KEY, algorithms=[alg])
