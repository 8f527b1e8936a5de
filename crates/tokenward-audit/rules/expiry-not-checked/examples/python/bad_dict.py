import jwt as pyjwt


def user_of(token):
    return pyjwt.decode(token, KEY, ["HS256"], options=dict(verify_exp=False))["sub"]  # finding: high
