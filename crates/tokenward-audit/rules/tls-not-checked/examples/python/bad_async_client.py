import httpx


async def fetch(url, token):
    async with httpx.AsyncClient(verify=False) as client:  # finding: high
        return await client.get(url, headers={"Authorization": f"Bearer {token}"})
