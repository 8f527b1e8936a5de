def theme(response):
    response.set_cookie("theme", "dark")
