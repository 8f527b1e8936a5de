"""A stand-in for the part of the HTTP API of Vault and OpenBao that tokenward calls. See README.md.

Usage: server.py [PORT]. It prints `ready on http://127.0.0.1:PORT`; the root token is `root`.
"""

import base64
import json
import re
import sys
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from kv import Kv, KvV1
from transit import Refused, Transit

DEFAULT_POLICY = {"auth/token/lookup-self": ["read"], "auth/token/renew-self": ["update"]}
CAPABILITY = {"GET": "read", "POST": "update", "PUT": "update", "DELETE": "delete"}
POLICY_PATH = re.compile(r'path\s+"([^"]+)"\s*\{\s*capabilities\s*=\s*\[([^\]]*)\]\s*\}')


class Vault:
    """Everything that the server knows. Whoever calls holds the lock."""

    def __init__(self):
        self.offset = 0.0
        self.sealed = False
        self.health = None
        self.mounts = {"transit": Transit(self.now), "secret": Kv()}
        self.policies = {"default": DEFAULT_POLICY}
        self.tokens = {"root": {"policies": ["root"], "ends": None, "ttl": 0, "renewable": False}}
        self.roles = {}

    def now(self):
        return time.time() + self.offset

    def new_token(self, policies, ttl, longest=None):
        token = "hvs." + uuid.uuid4().hex
        now = self.now()
        self.tokens[token] = {
            "policies": policies,
            "ends": now + ttl if ttl else None,
            "ttl": ttl,
            "last": now + longest if longest else None,
            "renewable": bool(ttl),
        }
        return {"client_token": token, "policies": policies, "lease_duration": ttl, "renewable": bool(ttl)}

    def allowed(self, token, capability, path):
        best = None
        for name in token["policies"]:
            if name == "root":
                return True
            for pattern, capabilities in self.policies.get(name, {}).items():
                if matches(pattern, path) and (best is None or len(pattern) > len(best[0])):
                    best = (pattern, capabilities)
        return best is not None and capability in best[1] and "deny" not in best[1]

    def sees(self, token, mount):
        patterns = [p for name in token["policies"] for p in self.policies.get(name, {})]
        return "root" in token["policies"] or any(p.startswith(mount + "/") for p in patterns)

    def answer(self, method, path, body, token_text, query):
        """The status and the body of the answer."""
        if path == "sys/health":
            status = self.health or (503 if self.sealed else 200)
            return status, {"initialized": status != 501, "sealed": self.sealed, "standby": False}
        if path == "sys/seal-status":
            return 200, {"initialized": True, "sealed": self.sealed}
        if path == "sys/unseal":
            self.sealed = False
            return 200, {"sealed": False}
        if self.sealed:
            raise Refused(503, "Vault is sealed")
        if match := re.fullmatch(r"auth/approle/login", path):
            return self.log_in(body)
        token = self.tokens.get(token_text)
        if token is None or (token["ends"] is not None and token["ends"] <= self.now()):
            raise Refused(403, "permission denied")
        if match := re.fullmatch(r"sys/internal/ui/mounts/(.+)", path):
            return self.show_mount(token, match[1])
        if not self.allowed(token, CAPABILITY[method], path):
            raise Refused(403, "1 error occurred:\n\t* permission denied\n\n")
        return self.granted(method, path, body, token_text, token, query)

    def granted(self, method, path, body, token_text, token, query):
        now = self.now()
        if path == "sys/seal":
            self.sealed = True
            return 204, None
        if path == "auth/token/lookup-self":
            ttl = int(token["ends"] - now) if token["ends"] else 0
            return 200, {"data": {"ttl": ttl, "renewable": token["renewable"], "policies": token["policies"]}}
        if path == "auth/token/renew-self":
            return self.renew(token_text, token)
        if path == "auth/token/create":
            policies = ["default", *body.get("policies", [])]
            return 200, {"auth": self.new_token(policies, seconds(body.get("ttl", 0)), body.get("longest"))}
        if path == "auth/token/revoke":
            self.tokens.pop(body["token"], None)
            return 204, None
        if match := re.fullmatch(r"sys/policies/acl/([\w-]+)", path):
            found = POLICY_PATH.findall(re.sub(r"(?m)^\s*#.*$", "", body["policy"]))
            self.policies[match[1]] = {path: re.findall(r'"(\w+)"', text) for path, text in found}
            return 204, None
        if match := re.fullmatch(r"sys/mounts/([\w/-]+)", path):
            self.mounts[match[1]] = self.engine(body)
            return 204, None
        if match := re.fullmatch(r"auth/approle/role/([\w-]+)(/role-id|/secret-id)?", path):
            return self.role(match[1], match[2], body)
        for mount, engine in self.mounts.items():
            if path.startswith(mount + "/"):
                data = engine.answer(method, path[len(mount) + 1 :], body, query)
                return (204, None) if data is None else (200, {"data": data})
        raise Refused(404, f'no handler for route "{path}". route entry not found.')

    def engine(self, body):
        if body["type"] == "transit":
            return Transit(self.now)
        versioned = body["type"] == "kv-v2" or (body.get("options") or {}).get("version") == "2"
        return Kv() if versioned else KvV1()

    def log_in(self, body):
        for role in self.roles.values():
            if role["role_id"] == body.get("role_id") and body.get("secret_id") in role["secret_ids"]:
                return 200, {"auth": self.new_token(["default", *role["policies"]], role["ttl"], role["longest"])}
        raise Refused(400, "invalid role or secret ID")

    def renew(self, token_text, token):
        if not token["renewable"]:
            raise Refused(400, "lease is not renewable")
        ends = self.now() + token["ttl"]
        token["ends"] = min(ends, token["last"]) if token["last"] else ends
        left = max(0, int(token["ends"] - self.now()))
        return 200, {"auth": {"client_token": token_text, "lease_duration": left, "renewable": True}}

    def role(self, name, part, body):
        fresh = {"role_id": str(uuid.uuid4()), "secret_ids": set(), "policies": [], "ttl": 3600, "longest": None}
        role = self.roles.setdefault(name, fresh)
        if part == "/role-id":
            return 200, {"data": {"role_id": role["role_id"]}}
        if part == "/secret-id":
            role["secret_ids"].add(secret_id := str(uuid.uuid4()))
            return 200, {"data": {"secret_id": secret_id}}
        policies = body.get("token_policies", [])
        role["policies"] = policies.split(",") if isinstance(policies, str) else policies
        role["ttl"] = seconds(body.get("token_ttl", 3600))
        role["longest"] = seconds(body.get("token_max_ttl", 0)) or None
        return 204, None

    def show_mount(self, token, mount):
        mount = mount.strip("/")
        if mount not in self.mounts or not self.sees(token, mount):
            raise Refused(
                403,
                "preflight capability check returned 403, please ensure client's policies grant "
                f'access to path "{mount}/"',
            )
        engine = self.mounts[mount]
        return 200, {"data": {"type": engine.kind, "options": engine.options, "path": mount + "/"}}


def matches(pattern, path):
    if pattern.endswith("*"):
        return path.startswith(pattern[:-1])
    return path == pattern


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)([smhd]?)", str(text)).groups()
    return int(number) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[unit]


class Faults:
    """What goes wrong on purpose: `{"path": PREFIX, "mode": MODE, "count": N}`, and what was called."""

    def __init__(self):
        self.lock = threading.Lock()
        self.planned = []
        self.calls = []

    def next(self, call):
        with self.lock:
            self.calls.append(call)
            for fault in self.planned:
                if call["path"].startswith(fault["path"]) and fault["count"] > 0:
                    fault["count"] -= 1
                    return fault
        return {"mode": "none"}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer is two writes, and the second must not wait for the client's acknowledgment.
    disable_nagle_algorithm = True
    vault = Vault()
    faults = Faults()
    lock = threading.Lock()

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        text = self.rfile.read(length)
        path, _, query = self.path.partition("?")
        try:
            body = json.loads(text) if text else {}
            if path.startswith("/_stand-in/"):
                return self.control(path.removeprefix("/_stand-in/"), body)
            self.serve(path.removeprefix("/v1/").strip("/"), body, dict(urllib.parse.parse_qsl(query)))
        except Refused as refused:
            self.reply(refused.status, refused.body)
        except (KeyError, TypeError, ValueError) as error:
            self.reply(400, {"errors": [f"error parsing request: {error!r}"]})

    do_POST = do_PUT = do_DELETE = do_GET

    def serve(self, path, body, query):
        namespace = self.headers.get("X-Vault-Namespace")
        fault = self.faults.next({"method": self.command, "path": path, "namespace": namespace})
        mode = fault["mode"]
        if mode == "drop":
            self.close_connection = True
            return self.connection.close()
        if mode == "hang":
            # Until the client goes away.
            self.close_connection = True
            return self.connection.recv(1)
        if mode == "status":
            headers = {"Retry-After": str(fault["retry_after"])} if "retry_after" in fault else {}
            return self.reply(fault["status"], {"errors": ["injected"]}, headers)
        if mode == "garbage":
            return self.send(fault.get("status", 200), b"<html>Down for maintenance</html>", {})
        if mode == "no_such":
            return self.reply(404, {"errors": []})
        if mode == "endless":
            return self.send(200, b'{"data":"' + b"x" * 1_000_000 + b'"}', {})
        if mode == "no_associated_data":
            body.pop("associated_data", None)
        with self.lock:
            status, answer = self.vault.answer(self.command, path, body, self.headers.get("X-Vault-Token"), query)
        if mode == "wrong_signature":
            spoil(answer["data"], body.get("marshaling_algorithm") == "jws")
        if mode == "wrong_version":
            answer["data"]["key_version"] += 1
        if mode == "other_bytes":
            answer["data"]["signature"] = fault["signature"]
        self.reply(status, answer)

    def control(self, name, body):
        if name == "fault":
            with self.faults.lock:
                self.faults.planned.append({"count": 1, **body})
        elif name == "calls":
            with self.faults.lock:
                calls, self.faults.calls = self.faults.calls, []
            return self.reply(200, calls)
        elif name == "clock":
            with self.lock:
                self.vault.offset += body["advance"]
        elif name == "keys":
            with self.lock:
                mounts = self.vault.mounts.values()
                held = [mount.keys if isinstance(mount, Transit) else mount.documents for mount in mounts]
                return self.reply(200, [name for names in held for name in names])
        elif name == "health":
            with self.lock:
                self.vault.health = body["status"]
        self.reply(204, None)

    def reply(self, status, body, headers=None):
        self.send(status, b"" if body is None else json.dumps(body).encode(), headers or {})

    def send(self, status, body, headers):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def spoil(data, is_jws):
    """Changes one bit of the signature."""
    start, _, text = data["signature"].rpartition(":")
    raw = bytearray(base64.urlsafe_b64decode(text + "==") if is_jws else base64.b64decode(text))
    raw[0] ^= 1
    encoded = base64.urlsafe_b64encode(raw).rstrip(b"=") if is_jws else base64.b64encode(raw)
    data["signature"] = f"{start}:{encoded.decode()}"


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *where):
        # Clients that go away early are what some tests are about.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(*where)


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    server = Server(("127.0.0.1", port), Handler)
    print(f"ready on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
