import jwt


class Cache:
    def __init__(self):
        self.key = "cache:tokens"


class Tokens:
    def __init__(self, key):
        self.key = key

    def issue(self, claims):
        return jwt.encode(claims, self.key, algorithm="HS256")
