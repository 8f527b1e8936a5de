import jwt


class Tokens:
    def __init__(self, jwt_secret="changeme"):
        if not jwt_secret or jwt_secret == "changeme":
            raise ValueError("give a secret")
        self.jwt_secret = jwt_secret


class Settings:
    jwt_secret: str = "changeme"  # finding: uncertain
