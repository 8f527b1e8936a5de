def login(response, result, max_age):
    response.set_cookie(  # finding: high
        "token",
        result["token"],
        httponly=False,
        secure=True,
        **({"max_age": max_age} if max_age is not None else {}),
    )
