import httpx
from jose import jwt


async def introspect(token):
    async with httpx.AsyncClient(verify=False) as client:  # finding: high
        return await client.post("https://auth.example/introspect", data={"token": token})
