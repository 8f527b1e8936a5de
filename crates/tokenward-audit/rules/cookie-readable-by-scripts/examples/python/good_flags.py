def login(response, token):
    response.set_cookie("access_token", token, httponly=True, secure=True, samesite="Strict")
