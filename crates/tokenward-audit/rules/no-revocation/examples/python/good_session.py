import jwt


def issue(session):
    return jwt.encode({"sub": session.user, "session_id": session.id, "exp": soon()}, KEY)
