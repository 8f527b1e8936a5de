import jwt
from fastapi import HTTPException


def claims(token):
    try:
        return jwt.decode(token, KEY, algorithms=["ES256"], audience="billing")
    except jwt.InvalidAudienceError as error:
        raise HTTPException(401, f"wrong audience: {error}")
    except jwt.MissingRequiredClaimError as error:
        raise HTTPException(401, str(error))
    except jwt.InvalidTokenError:
        raise HTTPException(401, "invalid_token")
