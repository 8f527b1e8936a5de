import jwt
from fastapi import HTTPException


def claims(token):
    try:
        return Claims(**jwt.decode(token, KEY, algorithms=["RS256"]))
    except jwt.InvalidTokenError:
        raise HTTPException(401, "invalid_token")
    except Exception as error:
        raise HTTPException(500, str(error))
