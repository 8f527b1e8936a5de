import os

SECURE_SSL_REDIRECT = os.environ.get("SSL_REDIRECT", "1") == "1"
SECURE_HSTS_SECONDS = int(os.environ["HSTS_SECONDS"])
