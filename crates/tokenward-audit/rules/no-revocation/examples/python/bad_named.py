from jwt import encode as make


def issue(user):
    return make({"sub": user.id, "exp": soon()}, key=KEY)  # finding: uncertain
