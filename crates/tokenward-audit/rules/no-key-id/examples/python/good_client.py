import jwt
import requests


def log_in(server, user, private_key):
    token = jwt.encode({"uid": user, "exp": soon()}, private_key, algorithm="RS256")
    return requests.post(f"{server}/login", json={"uid": user, "token": token}).json()
