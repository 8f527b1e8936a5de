import os

# Nothing here says that the library which reads it is used.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # finding: uncertain
