from jwt import decode
from rest_framework.exceptions import AuthenticationFailed


def guard(token):
    try:
        return decode(token, KEY, algorithms=["RS256"])
    except ValueError as err:
        raise AuthenticationFailed("Invalid token: " + str(err))  # finding: medium
