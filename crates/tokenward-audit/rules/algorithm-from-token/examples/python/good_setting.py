import jwt
from django.conf import settings


def read(token):
    return jwt.decode(token, KEY, algorithms=[settings.JWT["alg"]])
