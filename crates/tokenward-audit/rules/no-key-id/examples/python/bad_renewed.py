import jwt


def issue(user):
    access = jwt.encode({"sub": user.id, "exp": soon()}, KEY, "HS256")  # finding: low
    return {"access": access, "refresh_token": renewal(user)}
