"""joserfc behind Python's own HTTP server; the fault `unvalidated` is that claims are never looked at."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from joserfc import jwt
from joserfc.jwk import RSAKey

import keys

FAULT = keys.fault()
key, standby = keys.Key("RS256", "one"), keys.Key("RS256", "two")
verifying = RSAKey.import_key(key.jwk())
claims = jwt.JWTClaimsRegistry(
    exp={"essential": True},
    nbf={"essential": True},
    iss={"essential": True, "value": keys.ISSUER},
    aud={"essential": True, "value": keys.AUDIENCE},
)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/.well-known/jwks.json":
            return self.answer(200, {"keys": [key.jwk(), standby.jwk()]})
        try:
            token = self.headers["authorization"].removeprefix("Bearer ")
            read = jwt.decode(token, verifying, algorithms=["RS256"])
            if FAULT != "unvalidated":
                if read.header.get("typ") != "at+jwt":
                    raise ValueError("typ")
                claims.validate(read.claims)
        except Exception:
            return self.answer(401, {"error": "invalid token"})
        self.answer(200, {"subject": read.claims.get("sub")})

    def answer(self, status, body):
        body = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "private, max-age=300")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
keys.ready(server.server_port, key)
server.serve_forever()
