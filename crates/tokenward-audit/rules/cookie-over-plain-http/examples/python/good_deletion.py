def logout(response):
    response.set_cookie("access_token", "", max_age=0)
