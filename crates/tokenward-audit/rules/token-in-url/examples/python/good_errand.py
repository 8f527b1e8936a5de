import jwt
from flask import request


def reset_password():
    return jwt.decode(request.args["token"], KEY, algorithms=["RS256"])
