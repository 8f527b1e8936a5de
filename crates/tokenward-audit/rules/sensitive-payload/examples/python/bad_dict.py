import jwt


def issue(user):
    return jwt.encode({"exp": soon(), **user.__dict__}, KEY, algorithm="HS256")  # finding: medium
