def login(response, access_token):
    response.set_cookie("session", access_token, secure=True)  # finding: high
