from jose import jwt


def claims(token, client):
    return jwt.decode(token, client.secret.value, audience=client.audience)
