import jwt


def profile(request):
    # Put there by the login, in the server's own session.
    token = request.session["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    return Account.objects.get(email=claims["email"])
