import jwt


def session_cookie(session):
    return jwt.encode({"session_key": session.key}, SECRET, algorithm="HS256")  # finding: uncertain
