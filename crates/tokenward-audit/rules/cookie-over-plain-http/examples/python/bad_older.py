def answer(response, token, host):
    if host.version >= (3, 1):
        response.set_cookie("access_token", token, httponly=True, secure=True)
    else:
        response.set_cookie("access_token", token, httponly=True)  # finding: uncertain
    return response
