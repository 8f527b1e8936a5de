class Settings(BaseSettings):
    DATABASE_URL: str = ""
    SECRET_KEY: str = "change-me-before-you-go-live"  # finding: high
    ALGORITHM: str = "HS256"
