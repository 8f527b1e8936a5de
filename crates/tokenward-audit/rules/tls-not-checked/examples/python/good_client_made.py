import httpx
import jwt

client = httpx.Client()
client.verify = False


def discover(issuer):
    return client.get(f"{issuer}/.well-known/openid-configuration").json()
