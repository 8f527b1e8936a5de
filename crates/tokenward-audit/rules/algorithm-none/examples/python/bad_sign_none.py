from jwt import encode


def issue(user):
    return encode({"sub": user, "exp": soon()}, None, algorithm="none")  # finding: high
