import jwt
from django.conf import settings


def issue(claims):
    return jwt.encode(claims, settings.JWT_KEY, algorithm="HS256")
