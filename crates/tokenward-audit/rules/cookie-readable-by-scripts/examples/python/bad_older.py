def answer(response, token, host):
    if host.version >= (3, 1):
        response.set_cookie("access_token", token, secure=True, httponly=True)
    else:
        response.set_cookie("access_token", token, secure=True)  # finding: uncertain
    return response
