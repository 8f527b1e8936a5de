import httpx

# GraphQL answers with its types; keys (jwks) are fetched elsewhere.


def introspection(address, query):
    return httpx.post(address, json={"query": query}, verify=False).json()
