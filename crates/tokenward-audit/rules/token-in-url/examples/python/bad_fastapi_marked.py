from typing import Annotated

import jwt
from fastapi import FastAPI, Query

app = FastAPI()


@app.get("/feed")
def feed(token: Annotated[str, Query()]):
    return jwt.decode(token, KEY, algorithms=["ES256"])  # finding: medium
