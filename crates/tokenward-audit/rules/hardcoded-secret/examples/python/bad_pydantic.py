from pydantic_settings import BaseSettings
from pydantic import Field


class Settings(BaseSettings):
    jwt_secret: str = "changeme-in-production"  # finding: high
    jwt_signing_key: str = Field(default="another-default")  # finding: high
