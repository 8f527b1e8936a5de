import jwt

token = jwt.encode({"sub": "ci", "exp": end()}, KEY, algorithm="HS256")
print(token)
