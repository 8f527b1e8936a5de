import jwt


def read(token):
    log.debug("alg %s", jwt.get_unverified_header(token)["alg"])
    return jwt.decode(token, KEY, algorithms=["ES256"])
