from jose import jws, jwt


def read(token, jwks):
    header = jwt.get_unverified_header(token)
    key = next(key for key in jwks["keys"] if key["kid"] == header["kid"])
    return jws.verify(token, key, header["alg"])  # finding: uncertain
