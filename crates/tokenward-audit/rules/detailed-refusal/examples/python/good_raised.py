import jwt


def read(token):
    try:
        return jwt.decode(token, KEY, algorithms=["RS256"])
    except jwt.PyJWTError as error:
        raise TokenError(str(error)) from error
