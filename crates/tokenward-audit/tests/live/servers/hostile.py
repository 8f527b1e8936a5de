"""Servers that are no help: what each does is named on the command line."""

import gzip
import itertools
import random
import socket
import sys
import threading
import time

import keys

WAY = keys.fault()
key = keys.Key("ES256", "one")
valid = key.token(keys.claims())
turn, other = itertools.count(), itertools.count()
BOMB = gzip.compress(bytes(20 << 20))


def said(status, headers=b"", body=b"{}"):
    length = b"Content-Length: %d\r\n" % len(body)
    return b"HTTP/1.1 %s\r\n%s%sConnection: close\r\n\r\n%s" % (status, headers, length, body)


def serve(stream):
    with stream:
        request = b""
        while b"\r\n\r\n" not in request and len(request) < 1 << 20:
            read = stream.recv(65536)
            if not read:
                return
            request += read
        is_good = f"Bearer {valid}\r\n".encode() in request
        if WAY == "hanging" or (WAY == "hanging-on-bad" and not is_good and b"eyJ" in request):
            time.sleep(60)
        elif WAY == "hanging-at-times" and not is_good and b"eyJ" in request and next(turn) % 2:
            time.sleep(60)
        elif WAY == "resting" and next(turn) > 9 and next(other) % 3:
            stream.sendall(said(b"429 Too Many Requests", b"Retry-After: 1\r\n"))
        elif WAY in ("hanging-on-bad", "hanging-at-times", "resting"):
            stream.sendall(said(b"200 OK" if is_good else b"401 Unauthorized"))
        elif WAY == "elsewhere":
            stream.sendall(said(b"302 Found", b"Location: https://audit.invalid/\r\n"))
        elif WAY == "random":
            status = random.choice([b"200 OK", b"401 Unauthorized", b"500 Oops", b"302 Found"])
            stream.sendall(said(status, body=b'{"a":%d}' % random.randrange(9)))
        elif WAY == "nonsense":
            stream.sendall(b"SSH-2.0-OpenSSH\r\n" * 100)
        elif WAY == "open":
            stream.sendall(said(b"200 OK"))
        elif WAY == "closed":
            stream.sendall(said(b"401 Unauthorized"))
        elif WAY == "endless":
            stream.sendall(b"HTTP/1.1 200 OK\r\n\r\n" if is_good else b"HTTP/1.1 401 No\r\n\r\n")
            while True:
                stream.sendall(b"x" * 65536)
        elif WAY == "bomb":
            status = b"200 OK" if is_good else b"401 Unauthorized"
            packed = b"Content-Encoding: gzip\r\nContent-Type: application/json\r\n"
            stream.sendall(said(status, packed, BOMB))
        elif WAY == "dripping":
            for byte in b"HTTP/1.1 200 OK\r\n\r\n" * 1000:
                stream.sendall(bytes([byte]))
                time.sleep(0.2)


def guarded(stream):
    try:
        serve(stream)
    except OSError:
        pass


listener = socket.create_server(("127.0.0.1", 0))
origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
print(f'{{"url": "{origin}/me", "origin": "{origin}", "token": "{valid}"}}', flush=True)
while True:
    threading.Thread(target=guarded, args=(listener.accept()[0],), daemon=True).start()
