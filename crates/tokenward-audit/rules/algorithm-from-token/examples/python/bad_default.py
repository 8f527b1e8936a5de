import jwt as pyjwt


def read(token):
    header = pyjwt.get_unverified_header(token)
    algorithms = [header["alg"] or "RS256"]
    return pyjwt.decode(token, key=KEY, algorithms=algorithms)  # finding: high
