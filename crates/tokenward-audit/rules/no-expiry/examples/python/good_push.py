import time

import jwt


def push_header(key, key_id, team):
    claims = {"iss": team, "iat": int(time.time())}
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": key_id})
