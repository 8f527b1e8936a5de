def csrf(response, token):
    response.set_cookie("csrf_token", token, secure=True)
