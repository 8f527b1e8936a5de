def two_cookies(response, payload, token):
    # The page may read what the token says; the token itself it may not.
    response.set_cookie("jwt_access_payload", payload, httponly=False, secure=True)
    response.set_cookie("jwt_access_token", token, httponly=True, secure=True)
