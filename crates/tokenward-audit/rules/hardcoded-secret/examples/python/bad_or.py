import os

import jwt as pyjwt

KEY = os.getenv("SECRET") or "change me"  # finding: high


def issue(claims):
    return pyjwt.encode(claims, key=KEY)
