import jwt
from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/confirm-address")
async def done(token: str = Query(...)):
    claims = jwt.decode(token, KEY, algorithms=["ES256"])
    await mark(claims["sub"])
