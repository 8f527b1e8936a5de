import jwt
import requests


class TokenHolder:
    jwks_url = "https://login.example.com/.well-known/jwks.json"
    weather = requests.get("https://example.com/weather", verify=False)
