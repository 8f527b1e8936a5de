import jwt


def claims(token, shared_secret):
    header = jwt.get_unverified_header(token)
    return jwt.decode(token, shared_secret, algorithms=[header["alg"]])  # finding: uncertain
