def login(response, token):
    response.set_cookie(key="jwt", value=token, httponly=False, secure=True)  # finding: high
