import time

import jwt


def proof(method, url, key, public):
    claims = {"htm": method, "htu": url, "iat": int(time.time()), "jti": new_id()}
    return jwt.encode(claims, key, algorithm="ES256", headers={"typ": "dpop+jwt", "jwk": public})
