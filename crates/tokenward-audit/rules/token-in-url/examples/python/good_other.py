import jwt


def guard(request):
    page = request.args["page"]
    return jwt.decode(request.cookies["token"], KEY, algorithms=["RS256"]), page
