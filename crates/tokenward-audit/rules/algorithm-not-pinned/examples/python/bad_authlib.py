from authlib.jose import jwt


def read(token):
    claims = jwt.decode(token, KEY)  # finding: uncertain
    claims.validate()
    return claims
