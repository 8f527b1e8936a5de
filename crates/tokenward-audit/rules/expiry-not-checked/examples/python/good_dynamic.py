import jwt


def read(token, strict):
    return jwt.decode(token, KEY, algorithms=["RS256"], options={"verify_exp": strict})
