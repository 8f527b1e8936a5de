from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    algorithm: str = "HS256"
    access_token_expire_minutes: int = 60 * 24 * 8  # finding: high
