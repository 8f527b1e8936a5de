import jwt


class Tokens:
    def parse(self, value):
        return jwt.decode(value, options={"verify_signature": False})  # finding: uncertain
