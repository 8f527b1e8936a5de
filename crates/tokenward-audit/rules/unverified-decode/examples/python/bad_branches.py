from jose import jwt


def verify_token(token, certificate, audience):
    if audience:
        options = {"verify_signature": False, "verify_exp": False}
    else:
        options = {"verify_signature": False, "verify_aud": False}
    return jwt.decode(token, certificate, audience=audience, options=options)  # finding: high
