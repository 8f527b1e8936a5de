from configparser import ConfigParser

import jwt

config = ConfigParser()
config.read("api.ini")
SECRET = config.get("JWT", "secret_key")


def issue(claims):
    return jwt.encode(claims, SECRET, algorithm="HS256")
