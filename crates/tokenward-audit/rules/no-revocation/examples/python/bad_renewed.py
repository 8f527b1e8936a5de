import jwt


def issue(user):
    return jwt.encode({"sub": user, "exp": soon()}, KEY, algorithm="HS256")  # finding: low


def refresh(token):
    claims = jwt.decode(token, KEY, algorithms=["HS256"])
    return issue(claims["sub"])
