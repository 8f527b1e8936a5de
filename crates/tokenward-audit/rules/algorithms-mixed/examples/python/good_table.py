import jwt

FAMILIES = ["HS256", "RS256", "ES256"]


def read(token):
    return jwt.decode(token, KEY, algorithms=[choose(FAMILIES)])
