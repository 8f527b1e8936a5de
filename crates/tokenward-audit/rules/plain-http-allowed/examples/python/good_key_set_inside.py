import jwt

JWKS_URL = "http://localhost:8000/jwks"
inside = jwt.PyJWKClient("http://login.internal/jwks")
here = jwt.PyJWKClient(JWKS_URL)
there = jwt.PyJWKClient("https://login.example.com/jwks")
