import jwt
from flask import request


def current_user():
    token = box.decrypt(request.cookies["login"])
    return User.get(jwt.decode(token, options={"verify_signature": False})["sub"])
