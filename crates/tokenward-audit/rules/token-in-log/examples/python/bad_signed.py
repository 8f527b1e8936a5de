import jwt


def login(user):
    token = jwt.encode({"sub": user.id, "exp": end()}, KEY, algorithm="HS256")
    print("new token:", token)  # finding: high
    return {"token": token}
