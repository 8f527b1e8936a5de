import jwt


def read(token):
    """The caller compares `exp` with a clock of its own."""
    options = {"verify_exp": False, "require": ["iss", "exp"]}
    return jwt.decode(token, KEY, algorithms=["RS256"], options=options)
