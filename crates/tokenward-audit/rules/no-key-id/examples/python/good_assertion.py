import time

import jwt
import requests


def access_token(key):
    claims = {"iss": CLIENT, "sub": ACCOUNT, "aud": LOGIN, "exp": int(time.time()) + 300}
    assertion = jwt.encode(claims, key, algorithm="RS256")
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    return requests.post(LOGIN, data={"grant_type": grant, "assertion": assertion}).json()
