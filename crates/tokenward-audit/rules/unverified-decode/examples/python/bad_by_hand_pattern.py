import base64, json  # jwt

from flask import abort, request


def only_admins():
    token = request.headers["Authorization"].split(" ")[1]
    _, payload, _ = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))  # finding: high
    if claims["role"] != "admin":
        abort(403)
