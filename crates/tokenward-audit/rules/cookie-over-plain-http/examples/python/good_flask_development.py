class Config:
    JWT_TOKEN_LOCATION = ["cookies"]
    JWT_COOKIE_SECURE = env.bool("COOKIE_SECURE", True)


class DevelopmentConfig(Config):
    JWT_COOKIE_SECURE = False
