import secrets

import jwt


def issue(key):
    return jwt.encode({"token": secrets.token_urlsafe(32)}, key, algorithm="HS256")  # finding: uncertain
