import jwt
import requests

session = requests.Session()
session.verify = False  # finding: high


def discover(issuer):
    return session.get(f"{issuer}/.well-known/openid-configuration").json()
