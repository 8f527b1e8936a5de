import jwt as pyjwt


def issue(user):
    return pyjwt.encode(user.to_dict(), KEY, algorithm="HS256")  # finding: medium
