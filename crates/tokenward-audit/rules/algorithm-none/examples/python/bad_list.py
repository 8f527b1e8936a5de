import jwt


def read(token):
    return jwt.decode(token, KEY, algorithms=["HS256", "none"])  # finding: medium
