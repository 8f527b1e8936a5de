import os
from datetime import timedelta

JWT_ACCESS_TOKEN_EXPIRES = timedelta(minutes=int(os.getenv("TOKEN_MINUTES", "15")))
