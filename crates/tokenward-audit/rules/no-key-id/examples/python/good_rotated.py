import jwt


def rotate():
    KEYS.insert(0, new_key())


def issue(user):
    return jwt.encode({"sub": user.id, "exp": soon()}, KEYS[0])
