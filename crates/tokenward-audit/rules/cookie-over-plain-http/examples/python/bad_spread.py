FLAGS = dict(httponly=True)


def login(response, token):
    response.set_cookie("auth_token", token, **FLAGS)  # finding: medium
