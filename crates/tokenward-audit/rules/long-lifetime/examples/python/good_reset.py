import jwt
from datetime import datetime, timedelta


def password_reset_token(user):
    return jwt.encode({"sub": user.id, "exp": datetime.utcnow() + timedelta(days=1)}, KEY)
