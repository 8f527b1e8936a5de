import jwt


def refresh(token):
    claims = jwt.decode(token, KEY, algorithms=["RS256"], options={"verify_exp": False})
    return issue(claims["sub"])
