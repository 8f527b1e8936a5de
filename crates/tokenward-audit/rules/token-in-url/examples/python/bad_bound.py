import jwt
from flask import request


def frame():
    token = request.args["jwt"]  # finding: medium
    claims = jwt.decode(token, KEY, algorithms=["HS256"])
    return claims if claims["qsh"] == hash_of(request) else None
