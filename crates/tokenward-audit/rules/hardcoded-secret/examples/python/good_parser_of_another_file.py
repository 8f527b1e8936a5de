import jwt

from service.settings import configuration

debug = configuration.getboolean("main", "debug")


def read(text):
    secret = configuration.get("jwt", "secret_key")
    return jwt.decode(text, secret, algorithms=["HS256"], audience="api", issuer="login")
