from jose import jwt


def issue(user):
    return jwt.encode({"sub": user.id, "exp": soon()}, KEY)  # finding: uncertain


def issue_other(user):
    return jwt.encode({"sub": user.id, "exp": later()}, KEY)
