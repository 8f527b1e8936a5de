from jose import jwt as tokens

ALGORITHMS = ["none"]


def read(token):
    return tokens.decode(token, KEY, algorithms=ALGORITHMS)  # finding: medium
