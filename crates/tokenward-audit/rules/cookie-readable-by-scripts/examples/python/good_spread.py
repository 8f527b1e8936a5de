def login(response, token, options):
    response.set_cookie("access_token", token, **options)
