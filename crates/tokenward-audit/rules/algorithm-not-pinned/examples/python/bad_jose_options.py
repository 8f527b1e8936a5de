import jose.jwt

OPTIONS = {"verify_aud": False}


def read(token):
    return jose.jwt.decode(token, KEY, options=OPTIONS)  # finding: uncertain
