from jose.jwt import decode

ALGORITHMS = ("ES256", "HS256")


def read(token):
    return decode(token, KEY, ALGORITHMS)  # finding: medium
