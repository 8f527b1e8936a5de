import jwt


def load(request):
    token = request.headers["Authorization"].removeprefix("Bearer ")
    unverified = jwt.decode(token, options={"verify_signature": False})
    key = keys_of(unverified["tenant"])
    return jwt.decode(token, key, algorithms=["RS256"], audience="api")
