import jwt


def read(token):
    return jwt.decode(token, KEY, algorithms=["HS256", "RS256"])  # finding: medium
