import os

import jwt

from service.settings import parser

debug = parser.getboolean("main", "debug")
SECRET = os.environ.get("JWT_SECRET", "orchard-winter-1")  # finding: high


def read(text):
    return jwt.decode(text, SECRET, algorithms=["HS256"], audience="api", issuer="login")
