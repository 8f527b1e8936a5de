import jwt


def issue(user, key, headers):
    return jwt.encode({"sub": user.id}, key, algorithm="RS256", headers=headers)
