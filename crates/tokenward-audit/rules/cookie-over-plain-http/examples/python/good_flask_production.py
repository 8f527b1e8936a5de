class Config:
    JWT_TOKEN_LOCATION = ["headers", "cookies"]
    JWT_COOKIE_SECURE = False


class ProductionConfig(Config):
    JWT_COOKIE_SECURE = True
