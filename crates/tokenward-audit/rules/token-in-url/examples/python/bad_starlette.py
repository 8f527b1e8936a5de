from jose import jwt


async def guard(request):
    return jwt.decode(request.query_params["jwt"], KEY, algorithms=["ES256"])  # finding: medium
