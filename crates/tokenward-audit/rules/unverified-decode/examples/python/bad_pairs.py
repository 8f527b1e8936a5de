import jwt


def is_admin(request):
    options = {}
    options["verify_signature"] = False
    token = request.cookies["token"]
    return jwt.decode(token, key=KEY, algorithms=["RS256"], options=options)["role"] == "admin"  # finding: high
