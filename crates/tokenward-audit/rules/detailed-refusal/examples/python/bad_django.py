import jwt as pyjwt
from django.http import JsonResponse


def guard(request):
    try:
        pyjwt.decode(request.headers["token"], KEY, algorithms=["ES256"])
    except pyjwt.PyJWTError as error:
        return JsonResponse({"detail": str(error)}, status=401)  # finding: medium
