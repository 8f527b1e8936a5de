"""PyJWT and joserfc verify as they are told (the protocol: bench/peers/harness/src/serve.rs)."""

import platform
import sys
from importlib.metadata import version
from pathlib import Path
from time import process_time_ns

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc import jwk
from joserfc import jwt as joserfc

ISSUER, AUDIENCE = "https://auth.example.com", "orders-api"
REQUIRED = ["iss", "aud", "exp", "sub"]
PYTHON = f"Python {platform.python_version()}"
DIR = Path(sys.argv[1])


def read(name):
    return (DIR / name).read_bytes()


def pyjwt(algorithm, token):
    key = read("HS256.public")
    if algorithm != "HS256":
        key = load_pem_public_key(read(f"{algorithm}.pem"))
    options = {"require": REQUIRED}
    return lambda: jwt.decode(
        token, key, algorithms=[algorithm], issuer=ISSUER, audience=AUDIENCE, options=options
    )


def with_joserfc(algorithm, token):
    kind = {"HS256": "oct", "RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}[algorithm]
    key = read("HS256.public") if algorithm == "HS256" else read(f"{algorithm}.pem")
    key = jwk.import_key(key, kind)
    names = {"iss": {"value": ISSUER}, "aud": {"value": AUDIENCE}}
    registry = joserfc.JWTClaimsRegistry(
        **{name: {"essential": True, **names.get(name, {})} for name in REQUIRED}
    )

    def verify():
        claims = joserfc.decode(token, key, algorithms=[algorithm]).claims
        registry.validate(claims)
        return claims

    return verify


contenders = []
for algorithm in ["HS256", "RS256", "PS256", "ES256", "EdDSA"]:
    token = read(f"{algorithm}.jwt").decode()
    for library, make in [("PyJWT", pyjwt), ("joserfc", with_joserfc)]:
        contenders.append(make(algorithm, token))
        print(algorithm, "verify", library, version(library), PYTHON, sep="\t")
print("ready", flush=True)

for line in sys.stdin:
    repeats, *batches = line.split()
    batches = [tuple(map(int, batch.split(":"))) for batch in batches]
    took = [0] * len(batches)
    for _ in range(int(repeats)):
        for place, (index, count) in enumerate(batches):
            verify = contenders[index]
            start = process_time_ns()
            for _ in range(count):
                verify()
            took[place] += process_time_ns() - start
    print(*took, flush=True)
