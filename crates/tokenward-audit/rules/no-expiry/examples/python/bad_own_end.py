import jwt


def session(user):
    # Whether anything reads it is out of sight.
    claims = {"sub": user.id, "session_expired_at": now() + SESSION}
    return jwt.encode(claims, KEY, algorithm="ES256")  # finding: uncertain
