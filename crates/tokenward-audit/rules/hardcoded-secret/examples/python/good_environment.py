import os

import jwt

KEY = os.environ["JWT_SECRET"]


def read(token):
    return jwt.decode(token, KEY, algorithms=["HS256"])
