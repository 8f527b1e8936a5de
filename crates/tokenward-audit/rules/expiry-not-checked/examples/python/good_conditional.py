import jwt


def decode(token, allow_expired):
    options = {}
    if allow_expired:
        options["verify_exp"] = False
    return jwt.decode(token, KEY, algorithms=["RS256"], options=options)
