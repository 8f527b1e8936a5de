from authlib.jose import JsonWebToken

tokens = JsonWebToken(["RS256"])


def claims_of(token):
    return tokens.decode(token, PUBLIC_KEY)
