import jwt


def session_of(id_token_hint):
    return read_id_token(id_token_hint)["sid"]


def read_id_token(hint):
    return jwt.decode(hint, KEY, algorithms=["RS256"], audience=CLIENT, options={"verify_exp": False})
