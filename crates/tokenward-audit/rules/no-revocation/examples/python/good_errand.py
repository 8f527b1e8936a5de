import jwt


def make_reset_link(user, expires, key):
    token = jwt.encode({"sub": user.id, "exp": expires}, key, algorithm="HS256")
    return f"https://app.example/reset#{token}"
