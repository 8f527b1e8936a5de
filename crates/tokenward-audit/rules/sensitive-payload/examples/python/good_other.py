from myproject import jwt


def issue(user):
    return jwt.encode({"password": user.password}, KEY)
