import jwt
from flask import request


def guard():
    token = request.args["token"]  # finding: medium
    return jwt.decode(token, KEY, algorithms=["RS256"])
