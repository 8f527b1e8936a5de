"""A service that checks tokens by hand, well unless a fault is named on the command line: one mistake each.

The algorithm is RS256, or what follows the fault: `expiry@ES512`.
"""

import base64
import json
import sqlite3
import threading
import time
import urllib.parse
import urllib.request
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import keys

FAULT, _, ALGORITHM = keys.fault().partition("@")
if FAULT in ("shared", "any-hash"):
    key = keys.Secret()
else:
    key = keys.Key(ALGORITHM or "RS256", "one")
    standby = keys.Key(key.alg, "two")
revoked, redeemed, sessions = set(), {}, set()
lock = threading.Lock()
counted = {"all": 0}


class Refused(Exception):
    pass


def mac(secret, data, signature):
    check = hmac.HMAC(secret or b"\0", hashes.SHA256())
    check.update(data)
    check.verify(signature)


def from_jwk(jwk):
    number = lambda name: int.from_bytes(keys.unb64(jwk[name]), "big")
    if jwk["kty"] == "RSA":
        return rsa.RSAPublicNumbers(number("e"), number("n")).public_key()
    if jwk["kty"] == "EC":
        return ec.EllipticCurvePublicNumbers(number("x"), number("y"), ec.SECP256R1()).public_key()
    return ed25519.Ed25519PublicKey.from_public_bytes(keys.unb64(jwk["x"]))


def verify(public, data, signature):
    if isinstance(public, rsa.RSAPublicKey):
        padded = keys.PSS if key.alg == "PS256" else padding.PKCS1v15()
        return public.verify(signature, data, padded, hashes.SHA256())
    if isinstance(public, ed25519.Ed25519PublicKey):
        return public.verify(signature, data)
    _, _, digest, width = next(each for each in keys.CURVES.values() if each[0].name == public.curve.name)
    if len(signature) != 2 * width:
        raise Refused("invalid signature")
    r, s = (int.from_bytes(half, "big") for half in (signature[:width], signature[width:]))
    if FAULT == "zeros" and r == s == 0:
        return None
    public.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(digest))


def public_forms():
    spki = key.public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    pkcs1 = key.public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.PKCS1
    ) if key.alg == "RS256" else b""
    return {
        "confused-pem": key.pem(),
        "confused-bare-pem": key.pem().strip(),
        "confused-crlf": key.pem().replace(b"\n", b"\r\n"),
        "confused-pkcs1": pkcs1,
        "confused-der": spki,
        "confused-base64": base64.b64encode(spki),
        "confused-jwk": json.dumps(key.jwk(), separators=(",", ":")).encode(),
        "confused-number": keys.unb64(key.jwk().get("n", "")),
        "guessable": b"secret",
        "empty-secret": b"",
    }


def signed(header, data, signature):
    """Whether a signature is good, or a fault takes it for one."""
    alg = header.get("alg")
    if FAULT == "unsigned" or (FAULT == "cut" and not signature):
        return
    if FAULT in ("none", "none-short") and alg == "none":
        return
    if FAULT == "none-odd" and alg == "nOnE" and not signature:
        return
    if FAULT == "none-missing" and alg is None:
        return
    if FAULT == "embedded-jwk" and "jwk" in header:
        return verify(from_jwk(header["jwk"]), data, signature)
    if FAULT == "embedded-x5c" and "x5c" in header:
        der = base64.b64decode(header["x5c"][0])
        return verify(x509.load_der_x509_certificate(der).public_key(), data, signature)
    if FAULT in ("jku", "jku-fetched") and "jku" in header:
        with urllib.request.urlopen(header["jku"], timeout=2) as answer:
            found = [jwk for jwk in json.load(answer)["keys"] if jwk["alg"] == alg]
        if FAULT == "jku":
            return verify(from_jwk(found[0]), data, signature)
    if FAULT == "x5u" and "x5u" in header:
        with urllib.request.urlopen(header["x5u"], timeout=2) as answer:
            for certificate in x509.load_pem_x509_certificates(answer.read()):
                try:
                    return verify(certificate.public_key(), data, signature)
                except Exception:
                    continue
    if key.alg == "HS256":
        if alg != "HS256" and (FAULT != "any-hash" or not str(alg).startswith("HS")):
            raise Refused("invalid algorithm")
        if not compare_digest(key.sign(data, alg), signature):
            raise InvalidSignature
        return
    if alg == "HS256":
        if FAULT == "kid-file":
            with open("/keys/../" + str(header.get("kid")) if not str(header.get("kid")).startswith("/")
                      else header["kid"], "rb") as file:
                return mac(file.read(), data, signature)
        if FAULT == "kid-sql":
            base = sqlite3.connect(":memory:")
            base.execute("CREATE TABLE keys (kid TEXT, secret TEXT)")
            row = base.execute(f"SELECT secret FROM keys WHERE kid = '{header.get('kid')}'").fetchone()
            return mac(row[0].encode(), data, signature)
        if FAULT in public_forms():
            return mac(public_forms()[FAULT], data, signature)
    if alg != key.alg:
        raise Refused("invalid algorithm")
    verify(key.public, data, signature)


def opened(first, sealed, nonce, text, tag):
    """What is encrypted, believed as it is."""
    header = json.loads(keys.unb64(first))
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    if header["alg"] == "dir":
        secret = bytes(32) if FAULT == "sealed-dir" else None
    else:
        secret = key.private.decrypt(keys.unb64(sealed), oaep) if FAULT != "sealed-dir" else None
    inside = AESGCM(secret).decrypt(keys.unb64(nonce), keys.unb64(text) + keys.unb64(tag), first.encode())
    if FAULT == "sealed-token":
        inside = keys.unb64(inside.decode().split(".")[1])
    return json.loads(inside)


def read(token):
    if FAULT == "any-text" and token:
        return {"sub": "u1"}
    if FAULT == "json" and token.startswith("{"):
        parts = json.loads(token)
        token = f"{parts['protected']}.{parts['payload']}.{parts['signature']}"
    parts = token.split(".")
    if FAULT.startswith("sealed") and len(parts) == 5:
        return opened(*parts)
    if FAULT == "extra-part":
        parts = parts[:3]
    if FAULT in ("cut", "two-parts") and len(parts) == 2:
        parts.append("")
    if len(parts) != 3:
        raise Refused("jwt malformed")
    first, second, third = parts
    header, claims = (json.loads(keys.unb64(part)) for part in (first, second))
    if FAULT == "differ" and header.get("alg") != key.alg:
        raise Refused("we know no such way to sign")
    try:
        signed(header, f"{first}.{second}".encode(), keys.unb64(third))
    except InvalidSignature:
        raise Refused("invalid signature")
    now = int(time.time())
    checks = {
        "crit": "crit" not in header,
        "type": header.get("typ") == "at+jwt",
        "audience": claims.get("aud") == keys.AUDIENCE,
        "issuer": claims.get("iss") == keys.ISSUER,
        "no-expiry": "exp" in claims,
        "expiry": type(claims.get("exp", now + 9)) is int and claims.get("exp", now + 9) > now,
        "not-before": claims.get("nbf", 0) <= now,
        "doubled": len(json.loads(keys.unb64(second), object_pairs_hook=list)) == len(claims),
    }
    for name, is_good in checks.items():
        if not is_good and FAULT != name:
            raise Refused("jwt expired")
    if FAULT == "none-short" and claims.get("jti") == first_id and counted["all"] > 15:
        raise Refused("ended early")
    if revocable(token, claims) in revoked:
        raise Refused("revoked")
    return claims


def revocable(token, claims):
    """What a logout remembers of a token."""
    if FAULT == "logout-by-signature":
        return keys.unb64(token.split(".")[2].rstrip("="))
    return token if FAULT == "logout-by-text" else claims.get("jti")


class Handler(BaseHTTPRequestHandler):
    def token(self):
        place = urllib.parse.urlsplit(self.path)
        if FAULT == "in-address":
            for value in urllib.parse.parse_qs(place.query).get("token", []):
                return value
        if FAULT == "cookie":
            return (self.headers["cookie"] or "").removeprefix("access=")
        bearer = self.headers["authorization"] or ""
        return bearer[7:] if bearer.startswith("Bearer ") else ""

    def do_GET(self):
        if self.path == "/.well-known/jwks.json" and key.alg == "HS256":
            return self.answer(404, {"error": "not here"})
        if self.path == "/.well-known/jwks.json":
            return self.answer(200, {"keys": [key.jwk(), standby.jwk()]})
        with lock:
            counted["all"] += 1
            if FAULT == "limited" and counted["all"] % 50 == 0:
                return self.answer(429, {"error": "slowly"}, ("Retry-After", "0"))
        try:
            token = self.token()
            found = read(token)
        except Exception as error:
            with lock:
                counted["bad"] = counted.get("bad", 0) + 1
            status = 500 if FAULT == "failing" and not isinstance(error, Refused) else 401
            is_told = FAULT == "detailed" or (FAULT == "differ" and "no such way" in str(error))
            why = str(error) if is_told else "invalid token"
            if FAULT == "trace":
                why = f'Traceback (most recent call last):\n  File "/srv/app.py", line 1\n{why}'
            return self.answer(status, {"error": why})
        if FAULT == "locking" and counted.get("bad", 0) > 20:
            return self.answer(403, {"error": "locked"})
        if FAULT == "cookie":
            return self.answer(200, {"subject": found.get("sub")}, ("Set-Cookie", f"access={token}; Path=/"))
        if FAULT == "page":
            return self.page()
        self.answer(200, {"subject": found.get("sub")})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"] or 0)).decode()
        if self.path == "/refresh":
            token = urllib.parse.parse_qs(body).get("refresh_token", [""])[0]
            return self.refresh(token)
        token = self.token()
        claims = read(token)
        if FAULT != "logout-kept":
            revoked.add(revocable(token, claims))
        self.answer(200, {"ended": True})

    def refresh(self, token):
        """Tokens are `r1`, `r2` …; one that comes back ends them all."""
        with lock:
            is_known = token == "r1" or token in redeemed.values()
            is_used = token in redeemed
            if is_used and FAULT != "refresh-family":
                sessions.add("ended")
            is_ended = "ended" in sessions and FAULT not in ("refresh-reused",)
            if not is_known or (is_used and FAULT != "refresh-reused") or is_ended:
                return self.answer(400, {"error": "invalid_grant"})
            redeemed[token] = f"r{len(redeemed) + 2}"
            self.answer(200, {"access_token": "a", "refresh_token": redeemed[token]})

    def page(self):
        body = b"<!doctype html><p>Orders</p>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self, status, body, header=None):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "public, max-age=60" if FAULT == "cached" else "private, max-age=300")
        if FAULT == "cors" and self.headers["origin"]:
            self.send_header("Access-Control-Allow-Origin", self.headers["origin"])
            self.send_header("Access-Control-Allow-Credentials", "true")
        if header:
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
first = keys.claims()
first_id = first["jti"]
keys.ready(
    server.server_port,
    key,
    refresh="r1",
    token=key.token(first),
    next=key.token(keys.claims(jti="next")),
)
server.serve_forever()
