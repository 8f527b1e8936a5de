from fastapi import HTTPException
from jose import JWTError, jwt


def guard(token):
    try:
        return jwt.decode(token, KEY, algorithms=["HS256"])
    except JWTError as e:
        raise HTTPException(status_code=401, detail=f"Bad token: {e}")  # finding: medium
