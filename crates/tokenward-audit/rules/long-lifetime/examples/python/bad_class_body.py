from datetime import datetime, timedelta

import jwt


class Tokens:
    lifetime: timedelta = timedelta(hours=24)

    def issue(self, user, key):
        claims = {"sub": user.id, "exp": datetime.utcnow() + self.lifetime}  # finding: medium
        return jwt.encode(claims, key, algorithm="HS256")
