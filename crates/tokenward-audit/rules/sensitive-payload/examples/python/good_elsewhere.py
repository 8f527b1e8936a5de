import jwt


def login(form):
    save({"password": hashed(form.password)})
    return jwt.encode({"sub": form.user, "exp": soon()}, KEY)
