import jwt


def show(token):
    claims = jwt.decode(token, KEY, algorithms=["ES256"], options={"verify_exp": False})  # finding: uncertain
    print(claims)
    return jwt.decode(token, KEY, algorithms=["ES256"])
