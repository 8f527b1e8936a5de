import jwt

KEY = "-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY-----"  # finding: critical


def issue(claims):
    return jwt.encode(claims, KEY, algorithm="ES256")
