import jwt
import requests


def keys():
    return requests.get("https://auth.example/jwks", verify="/etc/ssl/ours.pem").json()
