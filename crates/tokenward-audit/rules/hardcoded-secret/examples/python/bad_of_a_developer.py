import jwt

JWT_SECRET_KEY = "dev-only-key"  # finding: uncertain


def token(user):
    return jwt.encode({"sub": user, "exp": soon()}, JWT_SECRET_KEY, algorithm="HS256")
