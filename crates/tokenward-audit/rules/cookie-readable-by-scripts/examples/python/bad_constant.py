COOKIE = "auth_token"


def login(response, token):
    response.set_cookie(COOKIE, token, max_age=300)  # finding: high
