import time

import jwt


def issue(user):
    return jwt.encode({"sub": user.id, "exp": int(time.time()) + 60 * 60 * 24 * 7}, KEY)  # finding: high
