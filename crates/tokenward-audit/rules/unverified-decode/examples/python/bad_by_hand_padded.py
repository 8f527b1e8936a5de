import base64, json
from fastapi import HTTPException, Request


def current_user(request: Request):
    jwt_text = request.cookies["jwt"]
    body = jwt_text.split(".")[1]
    body += "=" * (-len(body) % 4)
    user = json.loads(base64.b64decode(body))  # finding: high
    if "admin" not in user["roles"]:
        raise HTTPException(403)
    return user["sub"]
