def login(response, access_token):
    response.set_cookie("access_token", access_token, 900, None, "/", None, True, True)


def logout(response, access_token):
    response.set_cookie("access_token", access_token, 0)
