import json

import jwt


def issue(session, box):
    session["exp"] = soon()
    sealed = box.encrypt(json.dumps(session).encode())
    return jwt.encode({"session": sealed.decode()}, KEY, algorithm="HS256")
