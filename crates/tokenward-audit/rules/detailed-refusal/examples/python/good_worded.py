from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import RefreshToken


def renew(request):
    try:
        return Response({"access": str(RefreshToken(request.data["refresh"]).access_token)})
    except TokenError as error:
        return Response({"detail": str(error)}, status=401)
