import jwt


def issue(account):
    return jwt.encode(vars(account), KEY, algorithm="HS256")  # finding: medium
