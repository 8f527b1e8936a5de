from app.cookies import set_cookie


def login(response, tokens):
    # It sets the flags itself.
    return set_cookie(key="refresh_token", value=tokens["refresh"], response=response)
