"""PyJWT with its JWKS client, unchanged, verifies our access tokens: python verify.py DEV_JSON"""

import base64
import json
import ssl
import sys
import urllib.request

import jwt

with open(sys.argv[1], encoding="utf-8") as file:
    dev = json.load(file)
tls = ssl.create_default_context(cafile=dev["ca_file"])


def create_session(subject):
    pair = f"{dev['client_id']}:{dev['client_secret']}".encode()
    request = urllib.request.Request(
        f"{dev['base_url']}/v1/sessions",
        data=json.dumps({"subject": subject, "audience": dev["audience"], "delivery": "token"}).encode(),
        headers={
            "Authorization": "Basic " + base64.b64encode(pair).decode(),
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, context=tls) as answer:
        return json.load(answer)


token = create_session("interop-pyjwt")["access_token"]
key = jwt.PyJWKClient(dev["jwks_uri"], ssl_context=tls).get_signing_key_from_jwt(token)
claims = jwt.decode(
    token,
    key,
    algorithms=["ES256"],
    issuer=f"{dev['issuer']}/audiences/{dev['audience']}",
    audience=dev["audience"],
    options={"require": ["exp", "iat", "iss", "aud", "sub", "jti"]},
)
assert claims["sub"] == "interop-pyjwt", claims
assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
try:
    jwt.decode(token, key, algorithms=["ES256"], audience="another")
except jwt.InvalidAudienceError:
    print("ok")
