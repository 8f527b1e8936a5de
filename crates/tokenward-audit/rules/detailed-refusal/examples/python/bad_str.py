import jwt
from flask import jsonify


def guard(token):
    try:
        return jwt.decode(token, KEY, algorithms=["RS256"])
    except jwt.InvalidTokenError as error:
        return jsonify({"error": str(error)}), 401  # finding: medium
