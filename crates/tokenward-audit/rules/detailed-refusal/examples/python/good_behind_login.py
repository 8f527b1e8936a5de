import jwt
from flask import jsonify, request
from flask_login import login_required


@login_required
def give_back():
    try:
        claims = jwt.decode(request.json["refresh"], KEY, algorithms=["ES256"])
    except jwt.InvalidTokenError as error:
        return jsonify({"message": str(error)})
    return jsonify(forget(claims["jti"]))
