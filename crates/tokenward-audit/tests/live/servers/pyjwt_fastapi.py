"""FastAPI with PyJWT, as its documentation writes it; or with one mistake, named on the command line."""

import json
import socket
import traceback

import jwt
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

import keys

FAULT = keys.fault()
app = FastAPI()
key, standby = keys.Key("RS256", "one"), keys.Key("RS256", "two")
revoked = set()
REFUSED = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


def refused(why):
    return JSONResponse({"error": why}, 401, REFUSED)


def once(pairs):
    """An object without members that are there twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("twice")
    return found


def read(token):
    if FAULT == "unverified":
        return jwt.decode(token, options={"verify_signature": False})
    if FAULT == "any-algorithm":
        header = jwt.get_unverified_header(token)
        if header["alg"].lower() == "none":
            return jwt.decode(token, options={"verify_signature": False})
    lax = {"expiry": {"verify_exp": False}, "audience": {"verify_aud": False}}.get(FAULT, {})
    required = ["exp", "iat", "nbf", "iss", "aud"]
    if FAULT != "strict-less":
        header = json.loads(keys.unb64(token.split(".")[0]), object_pairs_hook=once)
        json.loads(keys.unb64(token.split(".")[1]), object_pairs_hook=once)
        if header.get("typ") != "at+jwt" or "crit" in header:
            raise ValueError("typ or crit")
    return jwt.decode(
        token,
        key.public,
        algorithms=["RS256"],
        issuer=keys.ISSUER,
        audience=keys.AUDIENCE,
        options={"require": required, **lax},
    )


def checked(request):
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if FAULT == "in-address" and not token:
        scheme, token = "bearer", request.query_params.get("access_token", "")
    if scheme.lower() != "bearer" or not token:
        return None, JSONResponse({"error": "no token"}, 401, {"WWW-Authenticate": "Bearer"})
    if FAULT == "unhandled":
        found = read(token)
    else:
        try:
            found = read(token)
        except Exception as error:
            if FAULT == "detailed":
                return None, refused(str(error))
            if FAULT == "trace":
                return None, refused(traceback.format_exc())
            return None, refused("invalid token")
    if found.get("jti") in revoked:
        return None, refused("invalid token")
    return found, None


@app.get("/me")
async def me(request: Request):
    found, answer = checked(request)
    return answer or {"subject": found.get("sub")}


@app.post("/logout")
async def logout(request: Request):
    found, answer = checked(request)
    if found and FAULT != "logout-kept":
        revoked.add(found.get("jti"))
    return answer or {"ended": True}


@app.get("/.well-known/jwks.json")
async def key_set():
    both = {"keys": [key.jwk(), standby.jwk()]}
    return JSONResponse(both, headers={"Cache-Control": "public, max-age=300"})


listener = socket.create_server(("127.0.0.1", 0))
keys.ready(listener.getsockname()[1], key)
uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False)).run(sockets=[listener])
