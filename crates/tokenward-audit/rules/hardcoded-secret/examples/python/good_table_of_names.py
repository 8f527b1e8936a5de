import jwt

FEATURE_OF = {
    "JWT_SECRET": "auth",
    "JWT_LIFETIME": "auth",
    "SMTP_HOST": "mail",
}


def issue(claims, key):
    return jwt.encode(claims, key, algorithm="HS256")
