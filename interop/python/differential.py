"""PyJWT, unchanged, beside other verifiers: one question a line, one answer a line."""

import json
import sys

import jwt

OPTIONS = {"require": ["exp", "iat", "iss", "aud", "sub", "jti"], "enforce_minimum_key_length": True}
# Without an argument for the time it reads the clock, so a question about another time has no checks.
NO_TIMES = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}


KEYS = {}


def key_of(jwk):
    name = json.dumps(jwk)
    if name not in KEYS:
        KEYS[name] = jwt.PyJWK(jwk)
    return KEYS[name]


def verify(question):
    live = question["now"] is None
    return jwt.decode(
        question["token"],
        key_of(question["jwk"]),
        algorithms=[question["algorithm"]],
        issuer=question["issuer"],
        audience=question["audience"],
        leeway=question["leeway"],
        options=OPTIONS if live else OPTIONS | NO_TIMES,
    )


for line in sys.stdin:
    try:
        claims = verify(json.loads(line))
        # Half a surrogate pair is text in Python, and none in the JSON of the answer.
        answer = {"accepted": True, "subject": str(claims["sub"]).encode("utf-8", "replace").decode()}
    except Exception as error:
        answer = {"accepted": False, "reason": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
