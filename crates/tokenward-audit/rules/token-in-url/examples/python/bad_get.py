import jwt
from flask import request


def guard():
    return jwt.decode(request.args.get("access_token"), KEY, algorithms=["RS256"])  # finding: medium
