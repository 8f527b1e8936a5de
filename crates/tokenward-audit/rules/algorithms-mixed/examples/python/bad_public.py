import jwt


def read(token, public_key):
    return jwt.decode(token, public_key, algorithms=["RS256", "HS512"])  # finding: high
