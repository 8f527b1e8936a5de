import jwt


def encode_unsigned(claims):
    return jwt.encode(claims, None, algorithm=None)  # finding: uncertain
