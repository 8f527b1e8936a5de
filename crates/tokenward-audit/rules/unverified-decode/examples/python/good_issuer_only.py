import jwt


def issuer_of(token):
    claims = jwt.decode(token, options={"verify_signature": False})
    return KNOWN_ISSUERS[claims["iss"]]
