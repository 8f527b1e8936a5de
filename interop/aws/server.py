"""An emulator of AWS by others, with faults: ministack, which checks who calls, or moto. See README.md.

Usage: server.py [moto]. It prints `ready on http://127.0.0.1:PORT`; the access key `test` may do everything.
"""

import asyncio
import base64
import contextlib
import datetime
import json
import os
import socket
import sys

# They read them once, when they are imported.
os.environ |= {"AUTH": "true", "LOG_LEVEL": "CRITICAL", "MINISTACK_REGION": "eu-central-1"}
os.environ |= {"MINISTACK_IMDS_V2_REQUIRED": "1", "DOCKER_HOST": "unix:///nowhere"}
os.environ |= {"MOTO_ACCOUNT_ID": "000000000000"}
for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
    os.environ.pop(name, None)
with contextlib.redirect_stdout(sys.stderr):
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from hypercorn.middleware import AsyncioWSGIMiddleware

    if sys.argv[1:] == ["moto"]:
        from moto.server import DomainDispatcherApplication, create_backend_app

        ministack = None
        EMULATOR = AsyncioWSGIMiddleware(DomainDispatcherApplication(create_backend_app))
    else:
        import ministack.app
        import ministack.core.sigv4

        EMULATOR = ministack.app.app


class Faults:
    """What goes wrong on purpose: `{"action": "kms:Sign", "mode": MODE, "count": N}`, and what was called."""

    def __init__(self):
        self.planned = []
        self.calls = []
        self.skew = datetime.timedelta()

    def next(self, action):
        self.calls.append(action)
        for fault in self.planned:
            if action.startswith(fault["action"]) and fault["count"] > 0:
                fault["count"] -= 1
                return fault
        return {"mode": "none"}


FAULTS = Faults()


async def app(scope, receive, send):
    if scope["type"] != "http":
        return await EMULATOR(scope, receive, send)
    headers = dict(scope["headers"])
    if scope["path"].startswith("/_faults/"):
        return await control(scope["path"].removeprefix("/_faults/"), receive, send)
    service, _, operation = headers.get(b"x-amz-target", b"").decode().partition(".")
    action = f"{ {'TrentService': 'kms'}.get(service, service) }:{operation}"
    fault = FAULTS.next(action)
    match fault["mode"]:
        case "status":
            error = {"__type": fault["code"], "message": fault.get("message", "injected")}
            return await answer(send, fault["status"], json.dumps(error).encode())
        case "garbage":
            return await answer(send, 200, b"<html>Down for maintenance</html>")
        case "endless":
            return await answer(send, 200, b'{"KeyId":"' + b"x" * 1_000_000 + b'"}')
        case "drop":
            # The answer breaks off: the server closes the connection.
            await answer(send, 200, b"{", length=100)
            raise ConnectionError("injected")
        case "hang":
            # Until the client goes away.
            while (await receive())["type"] != "http.disconnect":
                pass
            return None
        case "wrong_signature":
            return await spoiled(scope, receive, send, wrong_signature)
        case "other_secret":
            return await spoiled(scope, receive, send, other_secret)
        case "other_key":
            return await spoiled(scope, receive, send, lambda body: body | {"KeyId": fault["key"]})
    return await EMULATOR(scope, receive, send)


def wrong_signature(body):
    raw = bytearray(base64.b64decode(body["Signature"]))
    raw[-1] ^= 1
    return body | {"Signature": base64.b64encode(raw).decode()}


def other_secret(body):
    return body | {"Plaintext": base64.b64encode(os.urandom(32)).decode()}


async def spoiled(scope, receive, send, change):
    """The emulator's answer, changed."""
    parts = []

    async def keep(message):
        if message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await EMULATOR(scope, receive, keep)
    await answer(send, 200, json.dumps(change(json.loads(b"".join(parts)))).encode())


async def control(name, receive, send):
    text = b""
    while True:
        message = await receive()
        text += message.get("body", b"")
        if not message.get("more_body"):
            break
    body = json.loads(text) if text else {}
    if name == "fault":
        FAULTS.planned.append({"count": 1, **body})
    elif name == "clock":
        FAULTS.skew = datetime.timedelta(seconds=body["ahead"])
    elif name == "calls":
        calls, FAULTS.calls = FAULTS.calls, []
        return await answer(send, 200, json.dumps(calls).encode())
    await answer(send, 200, b"{}")


async def answer(send, status, body, length=None):
    size = str(len(body) if length is None else length).encode()
    headers = [(b"content-type", b"application/x-amz-json-1.1"), (b"content-length", size)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": length is not None})


def with_the_time_of_the_tests():
    """Has ministack judge the time of requests by its own time and what the tests add."""
    judge = ministack.core.sigv4.request_time_failure

    def judged(signature, *, now=None):
        now = now or datetime.datetime.now(datetime.timezone.utc)
        return judge(signature, now=now + FAULTS.skew)

    ministack.core.sigv4.request_time_failure = judged


async def main():
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    os.environ["GATEWAY_PORT"] = str(port)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.loglevel = "CRITICAL"
    if ministack:
        with_the_time_of_the_tests()
    ready = asyncio.create_task(announce(port))
    with contextlib.redirect_stdout(sys.stderr):
        await serve(app, config)
    await ready


async def announce(port):
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /_faults/none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            await _.read()
            break
        except ConnectionError:
            await asyncio.sleep(0.02)
    print(f"ready on http://127.0.0.1:{port}", file=sys.__stdout__, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
