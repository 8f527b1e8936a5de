import jwt
from OpenSSL import crypto


def read(token, chain):
    key = crypto.load_certificate(crypto.FILETYPE_ASN1, chain[0]).get_pubkey().to_cryptography_key()
    header = jwt.get_unverified_header(token)
    return jwt.decode(token, key, algorithms=[header["alg"]])  # finding: uncertain
