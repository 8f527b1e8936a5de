import jwt


class Tokens:
    secret = "s3cr3t"

    def __init__(self):
        self.key = "another".encode("utf-8")  # finding: high

    def issue(self, claims):
        return jwt.encode(claims, self.key, "HS256")
