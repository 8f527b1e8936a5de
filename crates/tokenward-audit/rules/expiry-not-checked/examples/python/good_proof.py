import jwt


def proof(header, key, method):
    claims = jwt.decode(header, key, algorithms=["ES256"], options={"verify_exp": False})
    if claims["htm"] != method or not is_recent(claims["iat"]):
        raise Refused()
    return claims
