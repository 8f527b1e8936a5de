from joserfc import jwt


def issue(client, key, end):
    claims = {"client_id": client.id, "exp": end}
    return jwt.encode({"alg": "ES256"}, claims=claims, key=key)
