import jwt


def claims_of(request):
    header = request.headers["Authorization"]
    return jwt.decode(header.split(" ")[1], options={"verify_signature": False})  # finding: high


class Backend:
    def authenticate(self, request):
        claims = claims_of(request)
        return User.objects.get_or_create(username=claims["preferred_username"])
