import os

os.environ.setdefault("AUTHLIB_INSECURE_TRANSPORT", "true")  # finding: medium
