import jwt
from datetime import datetime, timedelta


def issue(user):
    return jwt.encode({"sub": user.id, "exp": datetime.utcnow() + timedelta(minutes=settings.MINUTES)}, KEY)
