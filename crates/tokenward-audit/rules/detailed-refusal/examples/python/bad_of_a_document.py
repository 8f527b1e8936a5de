import jwt
from fastapi import HTTPException


def check(document):
    try:
        return jwt.decode(document.seal, KEY, algorithms=["RS256"])
    except jwt.InvalidTokenError as error:
        raise HTTPException(422, f"no good seal: {error}")  # finding: uncertain
