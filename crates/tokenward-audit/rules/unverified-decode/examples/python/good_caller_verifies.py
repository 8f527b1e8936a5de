import jwt


def peek(token):
    return jwt.decode(token, options={"verify_signature": False})


def login(request):
    token = request.headers["x-token"]
    tenant = peek(token)["tenant"]
    return jwt.decode(token, key_for(tenant), algorithms=["ES256"])
