import jwt
from flask import abort


def guard(token):
    try:
        claims = jwt.decode(token, KEY, algorithms=["HS256"])
    except Exception as exc:
        abort(401, description=repr(exc))  # finding: medium
    return claims
