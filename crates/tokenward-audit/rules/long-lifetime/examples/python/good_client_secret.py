import time

import jwt


class Apple:
    LIFETIME = 60 * 60 * 24 * 180

    def client_secret(self, key):
        # As long as the provider allows; nobody logs in with it.
        claims = {"iss": self.team, "aud": self.provider, "exp": int(time.time()) + self.LIFETIME}
        return jwt.encode(claims, key, algorithm="ES256")
