def login(response, token, settings):
    response.set_cookie("access_token", token, httponly=True, secure=not settings.DEBUG)
