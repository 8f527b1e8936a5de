from jose.jwt import decode as read_token


def read(token):
    return read_token(token, key=KEY, issuer="me")  # finding: uncertain
