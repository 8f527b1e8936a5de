import jwt

from .tokens import decode_jwt


def load(encoded):
    unverified = jwt.decode(encoded, options={"verify_signature": False})
    arguments = {"token": encoded, "secret": secret_for(unverified)}
    return decode_jwt(**arguments)
