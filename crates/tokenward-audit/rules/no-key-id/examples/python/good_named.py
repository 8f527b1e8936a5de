import jwt


def issue(user, key_id):
    return jwt.encode({"sub": user.id, "exp": soon()}, KEYS[key_id])
