OPTIONS = {"secure": True, "samesite": "Strict"}


def login(response, token):
    response.set_cookie("refresh_token", token, **OPTIONS)  # finding: high
