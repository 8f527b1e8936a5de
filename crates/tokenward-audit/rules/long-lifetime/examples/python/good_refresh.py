import jwt
from datetime import datetime, timedelta


def issue_refresh_token(user):
    return jwt.encode({"sub": user.id, "exp": datetime.utcnow() + timedelta(days=14)}, KEY)
