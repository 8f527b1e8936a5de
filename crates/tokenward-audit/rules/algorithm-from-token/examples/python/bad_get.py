import jwt


def read(token):
    alg = jwt.get_unverified_header(token).get("alg")
    return jwt.decode(token, KEY, [alg])  # finding: high
