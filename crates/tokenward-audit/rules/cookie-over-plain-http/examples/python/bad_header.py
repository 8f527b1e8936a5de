def login(request, response):
    token = issue(request.user)
    response.headers["Set-Cookie"] = f"access_token={token}; Path=/; HttpOnly"  # finding: medium
    return response
