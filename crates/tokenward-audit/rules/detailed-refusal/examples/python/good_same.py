import jwt
from flask import jsonify


def guard(token):
    try:
        return jwt.decode(token, KEY, algorithms=["RS256"])
    except jwt.InvalidTokenError as error:
        log.info("refused: %s", error)
        return jsonify({"error": "invalid_token"}), 401
