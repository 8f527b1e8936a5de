import jwt


class Signer:
    def encode(self, payload):
        return jwt.encode(payload, self.key, algorithm="HS256")
