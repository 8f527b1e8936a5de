import ssl

from jwt import PyJWKClient

client = PyJWKClient(
    "https://auth.example/jwks",
    ssl_context=ssl._create_unverified_context(),  # finding: high
)
