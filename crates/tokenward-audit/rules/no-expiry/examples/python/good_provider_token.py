import time

import jwt


class Sender:
    def token(self):
        header = {"alg": self.algorithm, "kid": self.key_id}
        claims = {"iss": self.team, "iat": time.time()}
        return jwt.encode(claims, self.key, algorithm=self.algorithm, headers=header)
