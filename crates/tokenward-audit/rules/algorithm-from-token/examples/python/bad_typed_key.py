import jwt
from jwt.algorithms import RSAAlgorithm


def read(token, jwk):
    header = jwt.get_unverified_header(token)
    key = RSAAlgorithm.from_jwk(jwk)
    return jwt.decode(token, key, algorithms=[header["alg"]])  # finding: uncertain
