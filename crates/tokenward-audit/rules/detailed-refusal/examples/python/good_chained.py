import jwt
from fastapi import HTTPException


def guard(token):
    try:
        return jwt.decode(token, KEY, algorithms=["RS256"])
    except jwt.PyJWTError as error:
        raise HTTPException(status_code=401, detail="Invalid token") from error
