import time

import jwt


def sign(request, key):
    claims = {"client": request.client, "time": int(time.time()), "nonce": fresh_nonce()}
    return jwt.encode(claims, key, algorithm="ES256")
