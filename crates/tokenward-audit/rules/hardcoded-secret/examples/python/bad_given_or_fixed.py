import jwt


class Tokens:
    def __init__(self, key=None):
        if key:
            self.key = key
        else:
            self.key = "the-same-for-every-installation"  # finding: high

    def issue(self, claims):
        return jwt.encode(claims, self.key, algorithm="HS256")
