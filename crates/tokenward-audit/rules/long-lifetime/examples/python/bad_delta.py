import jwt
from datetime import datetime, timedelta


def issue(user):
    claims = {"sub": user.id, "exp": datetime.utcnow() + timedelta(days=30)}  # finding: high
    return jwt.encode(claims, KEY, algorithm="HS256")
