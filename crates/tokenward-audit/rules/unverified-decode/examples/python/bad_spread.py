import jwt as pyjwt
from django.http import HttpRequest

OPTIONS = {"options": {**BASE, "verify_signature": False}}


def authenticate(request: HttpRequest):
    raw = request.COOKIES.get("session")
    data = pyjwt.decode(raw, **OPTIONS)  # finding: high
    return User.objects.get(id=data.get("user_id"))
