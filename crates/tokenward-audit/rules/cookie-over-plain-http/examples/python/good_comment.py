def login(response, token):
    # response.set_cookie("token", token)
    response.set_cookie("token", token, secure=True, httponly=True)
