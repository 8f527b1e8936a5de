import jwt


def fitting_key(token, keys):
    for key in keys:
        try:
            jwt.decode(token, key, algorithms=["ES256"], options={"verify_exp": False})  # finding: uncertain
        except jwt.InvalidSignatureError:
            continue
        return key
