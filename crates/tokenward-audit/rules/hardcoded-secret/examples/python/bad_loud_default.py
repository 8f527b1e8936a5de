import os

DEFAULT = "CHANGE_ME_BEFORE_RELEASE"  # finding: high


class Settings:
    JWT_SECRET_KEY: str = os.getenv("JWT_SECRET_KEY", DEFAULT)
