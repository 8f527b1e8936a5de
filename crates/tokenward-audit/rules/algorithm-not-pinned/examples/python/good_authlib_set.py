from authlib.jose import JsonWebKey, jwt


def read(token, document):
    keys = JsonWebKey.import_key_set(document)
    claims = jwt.decode(token, keys)
    claims.validate()
    return claims
