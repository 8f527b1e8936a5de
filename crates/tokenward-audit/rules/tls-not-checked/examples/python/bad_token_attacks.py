import httpx


def replay(address, token):
    """Each forged token goes to the service that it was taken from (jwt)."""
    return httpx.get(address, headers={"Authorization": f"Bearer {token}"}, verify=False)  # finding: uncertain
