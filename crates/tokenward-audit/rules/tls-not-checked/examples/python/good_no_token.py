import httpx


async def page(url):
    async with httpx.AsyncClient(verify=False) as client:
        return await client.get(url)
