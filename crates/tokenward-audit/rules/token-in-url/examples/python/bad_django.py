from jwt import decode


def guard(request):
    return decode(request.GET.get("token"), key=KEY, algorithms=["HS256"])  # finding: medium
