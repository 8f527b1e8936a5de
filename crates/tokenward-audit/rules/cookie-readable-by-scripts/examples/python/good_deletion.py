def logout(response):
    response.set_cookie("access_token", "", max_age=0)
    response.delete_cookie("refresh_token")
