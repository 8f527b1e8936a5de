import jwt
import requests


def keys(settings):
    if settings.development:
        return requests.get(settings.jwks_uri, verify=False).json()
    return requests.get(settings.jwks_uri).json()
