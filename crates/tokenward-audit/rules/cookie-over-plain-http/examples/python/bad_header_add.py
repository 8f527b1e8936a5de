from flask import make_response


def login():
    jwt = issue(current_user())
    response = make_response("", 204)
    response.headers.add("Set-Cookie", "jwt=" + jwt + "; Path=/; SameSite=Lax; HttpOnly")  # finding: medium
    return response
