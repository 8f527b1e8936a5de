"""Shows a request and its answer as docs/mobile.md prints them: what differs each time is left out."""

import os
import re

LEFT_OUT = [
    (r"eyJ[\w-]+(\.[\w-]+)+", "eyJ…"),
    (r"twr_[\w-]{20,}", "twr_…"),
    (r"Basic [\w+/=]+", "Basic …"),
    (r'"(session|session_id|dpop_jkt)":( ?)"[^"]+"', r'"\1":\2"…"'),
    (r'"(auth_time|expires_at|created_at|last_used_at)":( ?)\d+', r'"\1":\g<2>1764158400'),
    (r"passkey_assertion=[^&\s]+", "passkey_assertion=…"),
    (r'"credential": \{.*\}\}(?=\})', '"credential": {…}'),
    (r'"(challenge|id)":"[\w-]{16,}"', r'"\1":"…"'),
    (r'"(id|name|rpId)":"localhost"', r'"\1":"example.com"'),
    (r'"refresh_expires_in":\d+', '"refresh_expires_in":86400'),
    (r'"expires_in":\d+', '"expires_in":300'),
    (r'algs="ES256 [^"]+"', 'algs="ES256 …"'),
    (r"DPoP-Nonce: \S+", "DPoP-Nonce: …"),
    (re.escape(os.environ["AUTH"].split("//")[1]), "auth.example.com"),
    (re.escape(os.environ["API"].split("//")[1]), "api.example.com"),
]
TOLD = ["WWW-Authenticate", "DPoP-Nonce", "Retry-After"]


def show(method, site, headers, body, answer, text):
    sent = [f"{method} {site.path} HTTP/1.1", f"Host: {site.netloc}"]
    sent += [f"{name}: {value}" for name, value in headers.items()]
    sent += ["", body] if body else []
    got = [f"HTTP/1.1 {answer.status} {answer.reason}"]
    got += [f"{name}: {answer.headers[name]}" for name in TOLD if answer.headers[name]]
    got += ["", text] if text else []
    shown = "\n".join([*sent, "", *got])
    for pattern, instead in LEFT_OUT:
        shown = re.sub(pattern, instead, shown)
    print(f"```http\n{shown}\n```", flush=True)
