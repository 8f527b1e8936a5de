from authlib.jose import jwt


def read(token):
    claims = jwt.decode(token, KEY)  # finding: medium
    claims.validate()
    return claims
