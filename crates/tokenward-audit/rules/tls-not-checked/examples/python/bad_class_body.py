import jwt
import requests


class Keys:
    timeout = 5
    published = requests.get("https://login.example.com/.well-known/jwks.json", verify=False)  # finding
