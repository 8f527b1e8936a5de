class Browser:
    def __init__(self, context):
        self.context = context

    def sign_in(self, token):
        self.set_cookie("session_token", token)

    def set_cookie(self, name, value):
        self.context.add_cookies([{"name": name, "value": value, "secure": True, "url": HOME}])
