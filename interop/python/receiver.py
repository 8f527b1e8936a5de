"""PyJWT, unchanged, takes our session-revoked events: python receiver.py KEYS ISSUER AUDIENCE

Listens on a free port of this machine (RFC 8935) and says which in its first line; then a line for each
delivery, with what it answered and the claims. What it does with the next delivery stands in the file `mode`
of its folder: `take` (if there is none), a status, `hang`, or a code of RFC 8935 to refuse with. Events are
verified with the key set in the file KEYS, as it is at that moment.
"""

import http.server
import json
import pathlib
import sys
import time

import jwt

keys, issuer, audience = sys.argv[1:]
mode_file = pathlib.Path("mode")


def claims_of(token):
    header = jwt.get_unverified_header(token)
    assert header["typ"] == "secevent+jwt", header
    found = json.loads(pathlib.Path(keys).read_text())["keys"]
    key = next(jwt.PyJWK(jwk) for jwk in found if jwk["kid"] == header["kid"])
    required = ["iss", "aud", "iat", "jti", "events", "sub_id"]
    claims = jwt.decode(
        token, key, algorithms=["ES256"], issuer=issuer, audience=audience,
        options={"require": required, "verify_iat": False},
    )
    assert "exp" not in claims and "sub" not in claims, claims
    return claims


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        token = self.rfile.read(int(self.headers["Content-Length"])).decode()
        assert self.headers["Content-Type"] == "application/secevent+jwt", self.headers
        assert self.headers["Authorization"] == "Bearer of-the-receiver", self.headers
        said = {"claims": claims_of(token)}
        mode = mode_file.read_text().strip() if mode_file.exists() else "take"
        said["mode"] = mode
        print(json.dumps(said), flush=True)
        if mode == "hang":
            time.sleep(60)
        elif mode == "take":
            self.answer(202)
        elif mode.isdigit():
            self.answer(int(mode))
        else:
            self.answer(400, json.dumps({"err": mode, "description": "x"}).encode())

    def answer(self, status, body=b""):
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        print(json.dumps({"mode": "followed a redirect"}), flush=True)
        self.answer(202)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
server.daemon_threads = True
print(server.server_port, flush=True)
server.serve_forever()
