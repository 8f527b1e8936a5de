import jwt


def login(user):
    token = jwt.encode({"sub": user.id, "exp": end()}, KEY, algorithm="HS256")
    if settings.DEBUG:
        print(token)
    return token
