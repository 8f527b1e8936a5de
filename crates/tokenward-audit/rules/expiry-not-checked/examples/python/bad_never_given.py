import jwt


def visitor(cookie):
    return jwt.decode(cookie, KEY, algorithms=["HS256"], options={"verify_exp": False})["data"]  # finding: uncertain


def remember(data):
    return jwt.encode({"data": data}, KEY, algorithm="HS256")
