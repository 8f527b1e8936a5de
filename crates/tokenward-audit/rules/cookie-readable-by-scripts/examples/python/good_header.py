def login(response, token, flags):
    response.headers["Set-Cookie"] = f"access_token={token}; Path=/; Secure; HttpOnly"
    response.headers["X-Cookie"] = f"access_token={token}; Path=/"
    response.headers["Set-Cookie"] = f"access_token={token}; {flags}"
    response.headers["Set-Cookie"] = f"theme={token}; Path=/"
