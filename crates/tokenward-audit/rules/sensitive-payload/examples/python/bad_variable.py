from jose import jwt


def issue(user):
    claims = {"sub": user.id, "exp": soon()}
    claims.update(role="user")
    claims = dict(
        sub=user.id,
        exp=soon(),
    )
    payload = {
        "sub": user.id,
        "ssn": user.ssn,  # finding: high
        "exp": soon(),
    }
    return jwt.encode(payload, KEY, algorithm="HS256")
