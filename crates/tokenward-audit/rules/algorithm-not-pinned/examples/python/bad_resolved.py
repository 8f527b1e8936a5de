from authlib.jose import jwt


def claims(assertion, resolve_key):
    found = jwt.decode(assertion, resolve_key)  # finding: uncertain
    found.validate()
    return found
