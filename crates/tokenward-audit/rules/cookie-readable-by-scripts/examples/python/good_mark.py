def download(request, response):
    token = request.args.get("token")
    if token:
        response.set_cookie(token, "done", max_age=600)
