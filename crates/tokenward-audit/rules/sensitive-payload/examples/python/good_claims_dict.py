import jwt


def issue(claims, settings):
    return jwt.encode({**claims.__dict__, "exp": soon()}, KEY, algorithm="HS256")
