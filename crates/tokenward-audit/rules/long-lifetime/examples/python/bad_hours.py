from jose import jwt
from datetime import datetime, timedelta, timezone

HOURS = 12


def issue(user):
    expires = datetime.now(timezone.utc) + timedelta(hours=HOURS)  # finding: medium
    return jwt.encode({"sub": user.id, "exp": expires}, KEY, algorithm="HS256")
