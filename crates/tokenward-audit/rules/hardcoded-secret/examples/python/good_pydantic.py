from pydantic_settings import BaseSettings
from pydantic import Field


class Settings(BaseSettings):
    jwt_secret: str = Field(min_length=32)
    jwt_key: str
    jwt_secret_key: str = ""


NAMES = {"jwt_secret": "BILLING_JWT_SECRET", "jwt_key": "The key for JWT"}
