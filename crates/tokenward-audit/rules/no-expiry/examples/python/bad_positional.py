import jwt


def issue(user):
    return jwt.encode({"sub": user.id}, KEY, "HS256")  # finding: high
