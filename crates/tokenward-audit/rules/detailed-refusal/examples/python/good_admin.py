import jwt
from fastapi import Depends, HTTPException


def inspect(token: str, admin=Depends(require_admin)):
    try:
        return jwt.decode(token, KEY, algorithms=["RS256"])
    except jwt.InvalidTokenError as error:
        raise HTTPException(403, str(error))
