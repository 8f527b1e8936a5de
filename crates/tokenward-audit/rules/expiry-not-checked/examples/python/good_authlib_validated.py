from authlib.jose import JsonWebToken

tokens = JsonWebToken(["RS256"])


def current_user(token):
    claims = tokens.decode(token, PUBLIC_KEY)
    claims.validate(leeway=5)
    return users.find(claims["sub"])
