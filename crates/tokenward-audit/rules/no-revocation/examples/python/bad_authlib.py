from authlib.jose import JsonWebToken

TOKENS = JsonWebToken(["ES256"])


def issue(user):
    return TOKENS.encode({"alg": "ES256"}, {"sub": user.id, "exp": soon()}, KEY)  # finding: uncertain
