import jwt
from jwt.algorithms import HMACAlgorithm


def secret(found):
    return HMACAlgorithm.from_jwk(found)


def claims(text, pem):
    header = jwt.get_unverified_header(text)
    return jwt.decode(text, pem, algorithms=[header["alg"]], audience="app")  # finding: high
