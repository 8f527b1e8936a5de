from pydantic import BaseModel, Field


class AuthSettings(BaseModel):
    secret: str = Field(default="not-so-secret")  # finding: high
    jwt_algorithm: str = Field(default="HS256")
