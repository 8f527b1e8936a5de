import jwt


def open_session(user):
    row = Session.objects.create(user=user)
    return jwt.encode({"sub": user.id, "role": user.role}, KEY, algorithm="HS256")  # finding: uncertain


def is_open(row):
    return row.expires_at > now()
