def login(response, token):
    response.set_cookie("access_token", token, secure=True)  # finding: high
