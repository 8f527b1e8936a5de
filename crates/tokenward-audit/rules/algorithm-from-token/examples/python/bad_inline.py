from jose import jwt


def read(token):
    return jwt.decode(token, KEY, algorithms=jwt.get_unverified_header(token)["alg"])  # finding: high
