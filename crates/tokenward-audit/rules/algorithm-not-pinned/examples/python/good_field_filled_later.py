from jose import jwt


class Verifier:
    def __init__(self):
        self._algorithms = None

    def init_app(self, app):
        for name in ("algorithms", "audience"):
            setattr(self, f"_{name}", app.config[f"AUTH_{name.upper()}"])

    def claims(self, token, key):
        return jwt.decode(token, key, algorithms=self._algorithms)
