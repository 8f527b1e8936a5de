import jwt
from flask import current_app

SECRET = load("jwt-secret")


def issue(user):
    current_app.logger.error("signing with {}".format(SECRET))  # finding: high
    return jwt.encode({"sub": user, "exp": end()}, SECRET, algorithm="HS256")
