import jwt


def issue_pair(user):
    access = {}
    access.update({"sub": user.id, "exp": soon()})
    identity = {}
    identity.update(access)
    return jwt.encode(access, KEY, "HS256"), jwt.encode(identity, KEY, "HS256")
