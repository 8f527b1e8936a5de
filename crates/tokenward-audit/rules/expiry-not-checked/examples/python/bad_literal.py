import jwt


def read(token):
    return jwt.decode(token, KEY, algorithms=["RS256"], options={"verify_exp": False})  # finding: high
