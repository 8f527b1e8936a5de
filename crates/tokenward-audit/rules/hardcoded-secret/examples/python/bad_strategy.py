from fastapi_users.authentication import JWTStrategy


def strategy() -> JWTStrategy:
    return JWTStrategy(secret="orchard-winter-42", lifetime_seconds=3600)  # finding: high
