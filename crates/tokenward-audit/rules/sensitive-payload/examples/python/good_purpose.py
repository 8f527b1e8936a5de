import jwt


def setup_token(user, phone):
    claims = {"sub": user.id, "purpose": "phone-setup", "phone": phone, "exp": soon()}
    return jwt.encode(claims, KEY, algorithm="HS256")
