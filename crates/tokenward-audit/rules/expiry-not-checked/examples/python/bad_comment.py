# What the form holds is validated elsewhere, and nothing here has a TTL.
from authlib.jose import JsonWebToken


def caller(token):
    claims = JsonWebToken(["ES256"]).decode(token, KEY)  # finding
    return claims["sub"]
