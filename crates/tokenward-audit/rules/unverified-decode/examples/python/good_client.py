import jwt


class Api:
    def __init__(self, token):
        self.token = token
        self.user = self.find(jwt.decode(token, options={"verify_signature": False})["sub"])
