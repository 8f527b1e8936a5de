import base64, hashlib, hmac, json


def current_user(request):
    token = request.headers["Authorization"].split(" ")[1]
    parts = token.split(".")
    mac = hmac.new(KEY, f"{parts[0]}.{parts[1]}".encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(mac, base64.urlsafe_b64decode(parts[2] + "==")):
        raise PermissionError
    return json.loads(base64.urlsafe_b64decode(parts[1] + "=="))["sub"]
