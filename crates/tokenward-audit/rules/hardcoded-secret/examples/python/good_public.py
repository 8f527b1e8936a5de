import jwt

KEY = """-----BEGIN PUBLIC KEY-----
MFk...
-----END PUBLIC KEY-----"""


def read(token):
    return jwt.decode(token, KEY, algorithms=["ES256"])
