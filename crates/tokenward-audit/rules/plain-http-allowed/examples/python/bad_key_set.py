import jwt

keys = jwt.PyJWKClient("http://login.example.com/jwks")  # finding: high


def read(text):
    key = keys.get_signing_key_from_jwt(text)
    return jwt.decode(text, key.key, algorithms=["RS256"], audience="shop", issuer="login")
