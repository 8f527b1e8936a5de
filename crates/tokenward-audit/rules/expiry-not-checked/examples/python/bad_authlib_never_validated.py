from authlib.jose import JsonWebToken

tokens = JsonWebToken(["RS256"])


def current_user(token):
    claims = tokens.decode(token, PUBLIC_KEY)  # finding: high
    return users.find(claims["sub"])
