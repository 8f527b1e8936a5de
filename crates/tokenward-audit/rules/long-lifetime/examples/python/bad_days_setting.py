from datetime import timedelta
import os

import jwt
from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    jwt_expiry_days: int = Field(default=14)  # finding: high


def issue(settings, user):
    end = now() + timedelta(days=settings.jwt_expiry_days)
    return jwt.encode({"sub": user.id, "exp": end}, os.environ["JWT_KEY"], algorithm="HS256")
