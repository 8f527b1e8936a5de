import jwt


def issue(claims):
    return jwt.encode({**claims, "iss": "me"}, KEY, "HS256")
