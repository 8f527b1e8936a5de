"""What the servers in Python share: a signing key, its key set, tokens, and the line that a test reads."""

import base64
import hmac
import json
import secrets
import sys
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

ISSUER, AUDIENCE = "https://issuer.example", "https://api.example"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Secret:
    """A shared secret for HS256."""

    alg, kid = "HS256", "one"

    def __init__(self):
        self.secret = secrets.token_urlsafe(32)

    def sign(self, data, alg="HS256"):
        return hmac.digest(self.secret.encode(), data, "sha" + alg[2:])

    def private_pem(self):
        return self.secret + "\n"

    def token(self, claims):
        return Key.token(self, claims)


CURVES = {
    "ES256": (ec.SECP256R1(), "P-256", hashes.SHA256(), 32),
    "ES384": (ec.SECP384R1(), "P-384", hashes.SHA384(), 48),
    "ES512": (ec.SECP521R1(), "P-521", hashes.SHA512(), 66),
}


PSS = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)


class Key:
    """A key pair for RS256, PS256, ES256, ES384 or ES512."""

    def __init__(self, alg, kid):
        self.alg, self.kid = alg, kid
        if alg in CURVES:
            self.curve, self.curve_name, self.hash, self.width = CURVES[alg]
            self.private = ec.generate_private_key(self.curve)
        else:
            self.private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.public = self.private.public_key()

    def sign(self, data):
        if self.alg == "RS256":
            return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        if self.alg == "PS256":
            return self.private.sign(data, PSS, hashes.SHA256())
        r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(self.hash)))
        return r.to_bytes(self.width, "big") + s.to_bytes(self.width, "big")

    def jwk(self):
        numbers = self.public.public_numbers()
        common = {"kid": self.kid, "alg": self.alg, "use": "sig"}
        if self.alg in CURVES:
            x, y = (b64(n.to_bytes(self.width, "big")) for n in (numbers.x, numbers.y))
            return {"kty": "EC", "crv": self.curve_name, "x": x, "y": y, **common}
        n = b64(numbers.n.to_bytes(256, "big"))
        return {"kty": "RSA", "n": n, "e": "AQAB", **common}

    def pem(self):
        return self.public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def private_pem(self):
        return self.private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def token(self, claims):
        header = {"alg": self.alg, "typ": "at+jwt", "kid": self.kid}
        signed = ".".join(b64(json.dumps(part).encode()) for part in (header, claims))
        return f"{signed}.{b64(self.sign(signed.encode()))}"


def claims(**others):
    now = int(time.time())
    common = {"iss": ISSUER, "aud": AUDIENCE, "sub": "u1", "jti": f"id-{now}"}
    return {**common, "iat": now, "nbf": now, "exp": now + 300, **others}


def ready(port, key, **others):
    """The line that a test waits for."""
    origin = f"http://127.0.0.1:{port}"
    told = {"url": f"{origin}/me", "origin": origin, "token": key.token(claims())}
    told["expired"] = key.token(claims(iat=1_600_000_000, nbf=1_600_000_000, exp=1_600_000_300))
    told["other_audience"] = key.token(claims(aud="https://other.example"))
    told["signing_key"] = key.private_pem()
    print(json.dumps({**told, **others}), flush=True)


def fault():
    return sys.argv[1] if len(sys.argv) > 1 else ""
