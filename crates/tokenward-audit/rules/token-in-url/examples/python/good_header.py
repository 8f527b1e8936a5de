import jwt
from flask import request


def guard():
    return jwt.decode(request.headers["Authorization"][7:], KEY, algorithms=["RS256"])
