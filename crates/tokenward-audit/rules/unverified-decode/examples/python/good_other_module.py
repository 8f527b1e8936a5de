from myproject import jwt


def load(request):
    # jwt.decode(token, options={"verify_signature": False})
    return jwt.decode(request.headers["token"], options={"verify_signature": False})
