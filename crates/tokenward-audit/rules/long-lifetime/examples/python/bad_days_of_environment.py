import os
from datetime import timedelta

JWT_ACCESS_TOKEN_EXPIRES = timedelta(days=int(os.getenv("TOKEN_DAYS", 7)))  # finding: high
