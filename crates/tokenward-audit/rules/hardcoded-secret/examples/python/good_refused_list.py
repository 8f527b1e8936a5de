import jwt


def check(settings):
    known = {"JWT_SECRET": "please-change-me", "COOKIE_SECRET": "please-change-me-too"}
    for name, value in known.items():
        if getattr(settings, name) == value:
            raise RuntimeError(f"{name} is still the one from the documentation")


def issue(settings, claims):
    return jwt.encode(claims, settings.JWT_SECRET, algorithm="HS256")
