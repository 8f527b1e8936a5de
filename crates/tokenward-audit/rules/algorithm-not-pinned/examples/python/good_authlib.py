from authlib.jose import JsonWebToken

TOKENS = JsonWebToken(["ES256"])


def read(token):
    claims = TOKENS.decode(token, KEY)
    claims.validate()
    return claims
