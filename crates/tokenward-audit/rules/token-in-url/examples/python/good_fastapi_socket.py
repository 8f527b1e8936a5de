import jwt
from fastapi import FastAPI, Query, WebSocket

app = FastAPI()


@app.websocket("/live")
async def live(socket: WebSocket, token: str = Query(...)):
    claims = jwt.decode(token, KEY, algorithms=["ES256"])
    await serve(socket, claims["sub"])
