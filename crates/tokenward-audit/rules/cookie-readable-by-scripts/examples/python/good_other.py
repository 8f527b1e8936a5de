def language(response):
    response.set_cookie("language", "en")
