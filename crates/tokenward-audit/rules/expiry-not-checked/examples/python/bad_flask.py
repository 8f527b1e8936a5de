from flask_jwt_extended import decode_token


def read(token):
    return decode_token(token, allow_expired=True)["sub"]  # finding: high
