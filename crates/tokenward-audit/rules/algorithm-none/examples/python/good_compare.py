import jwt


def read(token):
    if jwt.get_unverified_header(token)["alg"] in ("none", "None"):
        raise Refused
    return jwt.decode(token, KEY, algorithms=["ES256"])
