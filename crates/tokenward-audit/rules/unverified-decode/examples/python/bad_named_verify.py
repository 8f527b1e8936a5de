from jose import jwt


class Login:
    def get(self):
        token = self.get_cookie("token")
        if self.secret:
            claims = self.verify_with_secret(token, self.secret)
        else:
            claims = self.verify_with_certificate(token, self.certificate)
        self.log_in(claims["sub"])

    def verify_with_secret(self, token, secret):
        return jwt.decode(token, secret, options={"verify_signature": False})  # finding: high

    def verify_with_certificate(self, token, certificate):
        # We are not verifying the audience here.
        return jwt.decode(token, certificate, options={"verify_signature": False})  # finding: high
