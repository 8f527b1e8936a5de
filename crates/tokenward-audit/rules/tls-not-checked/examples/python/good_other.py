import jwt
import requests


def weather(city):
    return requests.get(f"https://sensor.local/{city}", verify=False).json()


def read(token):
    return jwt.decode(token, KEY, algorithms=["RS256"])
