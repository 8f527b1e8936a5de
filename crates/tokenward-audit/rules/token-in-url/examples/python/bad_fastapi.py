import jwt
from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/export")
async def export(token: str = Query(...)):
    claims = jwt.decode(token, KEY, algorithms=["ES256"])  # finding: medium
    return rows_of(claims["sub"])
