def login(response, token):
    response.set_cookie(key="id_token", value=token, httponly=True, samesite="lax")  # finding: medium
