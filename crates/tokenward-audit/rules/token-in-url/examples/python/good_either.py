import jwt


def guard(request):
    token = request.headers.get("X-Token") or request.args.get("token")
    return jwt.decode(token, KEY, algorithms=["RS256"])
