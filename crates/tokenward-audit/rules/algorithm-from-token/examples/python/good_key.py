import jwt


def read(token):
    key = CLIENT.get_signing_key_from_jwt(token)
    return jwt.decode(token, key.key, algorithms=[key.algorithm_name])
