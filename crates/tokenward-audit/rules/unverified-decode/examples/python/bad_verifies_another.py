import jwt
from flask import request


def renew(refresh):
    return jwt.decode(refresh, KEY, algorithms=["ES256"])


def current_user():
    token = request.headers["Authorization"]
    claims = jwt.decode(token, options={"verify_signature": False})  # finding: uncertain
    return User.get(claims["sub"])
