import jwt
from flask import request, session


def authorized():
    return jwt.decode(request.args["state"], session["key"], algorithms=["HS256"])
