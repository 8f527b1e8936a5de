import base64, json


def key_of(request):
    token = request.headers["Authorization"].split(" ")[1]
    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    return KEYS[header["kid"]]
