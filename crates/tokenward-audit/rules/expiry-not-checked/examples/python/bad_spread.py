from jwt import decode

CHECKS = {"algorithms": ["HS256"], "options": {"verify_exp": False}}


def read(token):
    return decode(token, KEY, **CHECKS)  # finding: high
