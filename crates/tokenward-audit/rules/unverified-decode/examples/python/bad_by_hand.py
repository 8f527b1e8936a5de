import base64
import json

from flask import abort, g, request


def load_user():
    token = request.headers["Authorization"].split(" ")[1]
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))  # finding: high
    if claims["role"] != "admin":
        abort(403)
    g.user = claims["sub"]
