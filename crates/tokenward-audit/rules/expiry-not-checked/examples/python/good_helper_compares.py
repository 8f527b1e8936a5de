import time

import jwt


class Guard:
    def read(self, token):
        data = jwt.decode(token, self.key, algorithms=["HS256"], options={"verify_exp": False})
        self._check(data)
        return data

    def _check(self, data):
        if data["exp"] < time.time():
            raise Expired()
