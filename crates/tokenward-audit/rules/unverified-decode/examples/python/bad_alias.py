from fastapi import Depends
from jwt import decode as read_token

NO_CHECK = dict(verify_signature=False)


def get_current_user(token: str = Depends(oauth2_scheme)):
    payload = read_token(token, "", algorithms=["HS256"], options=NO_CHECK)  # finding: high
    return payload["sub"]
