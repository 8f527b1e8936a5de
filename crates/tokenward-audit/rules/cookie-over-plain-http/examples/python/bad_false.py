def login(response, token):
    response.set_cookie("jwt", token, httponly=True, secure=False)  # finding: medium
