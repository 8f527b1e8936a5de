import jwt

OPTIONS = dict(algorithms=["EdDSA", "HS256"], audience="api")


def read(token):
    return jwt.decode(token, KEY, **OPTIONS)  # finding: medium
