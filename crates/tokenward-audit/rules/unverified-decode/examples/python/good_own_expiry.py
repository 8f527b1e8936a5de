import time

import jwt


class Session:
    def needs_refresh(self):
        expires = jwt.decode(self.access_token, options={"verify_signature": False})["exp"]
        return expires - time.time() < 60
