import jwt
from fastapi import FastAPI, Query, Request

app = FastAPI()


@app.get("/export")
async def export(request: Request, token: str = Query(None)):
    if not token:
        token = request.headers["Authorization"].removeprefix("Bearer ")
    return jwt.decode(token, KEY, algorithms=["ES256"])
