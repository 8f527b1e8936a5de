from joserfc import jwt


def issue(user):
    return jwt.encode({"alg": "ES256"}, {"sub": user.id, "exp": soon()}, KEY)  # finding: uncertain
