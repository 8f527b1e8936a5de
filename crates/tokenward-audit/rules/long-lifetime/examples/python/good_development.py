from datetime import timedelta


class DevelopmentConfig:
    JWT_ACCESS_TOKEN_EXPIRES = timedelta(days=365)
