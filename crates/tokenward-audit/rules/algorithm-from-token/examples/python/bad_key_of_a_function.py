import jwt
from jwt.algorithms import ECAlgorithm, RSAAlgorithm


def key_of(keys, kid):
    found = next(key for key in keys if key["kid"] == kid)
    if found["kty"] == "EC":
        return ECAlgorithm.from_jwk(found)
    return RSAAlgorithm.from_jwk(found)


def claims(text, keys):
    header = jwt.get_unverified_header(text)
    key = key_of(keys, header["kid"])
    return jwt.decode(text, key, algorithms=[header["alg"]], audience="app")  # finding: uncertain
