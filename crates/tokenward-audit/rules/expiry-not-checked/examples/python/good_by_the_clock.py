from datetime import datetime, timezone

from authlib.jose import JsonWebToken


def read(token):
    claims = JsonWebToken(["HS256"]).decode(token, KEY)
    ends = datetime.fromtimestamp(claims["exp"], timezone.utc)
    now = datetime.now(timezone.utc)
    if ends < now:
        raise PermissionError
    return claims["sub"]
