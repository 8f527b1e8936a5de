class Config:
    JWT_ALGORITHM = "RS256"


class TestingConfig(Config):
    JWT_ALGORITHM = "HS256"
    JWT_SECRET_KEY = "kept-in-the-open"
