SECURE = False


def login(response, token):
    response.set_cookie("refresh_token", token, secure=SECURE, httponly=True)  # finding: medium
