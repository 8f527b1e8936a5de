import jwt
from flask import jsonify


def save(form):
    try:
        store(form)
    except ValueError as error:
        return jsonify({"error": str(error)}), 400


def guard(token):
    return jwt.decode(token, KEY, algorithms=["RS256"])
