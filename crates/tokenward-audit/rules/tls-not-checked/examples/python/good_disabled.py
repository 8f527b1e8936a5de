import jwt
import requests


class KeySource:
    def __init__(self, issuer, disable_ssl_verify=False):
        self.jwks = f"{issuer}/jwks"
        self.session = requests.Session()
        if disable_ssl_verify:
            self.session.verify = False

    def keys(self):
        return self.session.get(self.jwks).json()
