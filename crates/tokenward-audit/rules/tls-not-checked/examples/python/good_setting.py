import jwt
import requests


def keys(settings):
    return requests.get(settings.jwks_uri, verify=settings.verify_tls).json()
