import jwt
from flask import request


def session_to_renew(tokens):
    token = request.headers["Authorization"]
    try:
        return tokens.parse(token)
    except jwt.ExpiredSignatureError:
        return jwt.decode(token, options={"verify_signature": False})["sub"]
