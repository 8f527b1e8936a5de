import jwt

DEFAULT_SECRET = "Keep this to yourself, please"  # finding: high

OPTIONS = {
    "algorithm": "HS256",
    "secret": DEFAULT_SECRET,
}
