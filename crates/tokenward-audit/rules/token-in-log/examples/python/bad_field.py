import jwt


class Issuer:
    def __init__(self, settings):
        self.jwt_secret = settings.jwt_secret

    def show(self):
        print(self.jwt_secret)  # finding: high

    def issue(self, user):
        return jwt.encode({"sub": user, "exp": end()}, self.jwt_secret, algorithm="HS256")
