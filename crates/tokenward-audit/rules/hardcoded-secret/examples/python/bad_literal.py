import jwt


def issue(claims):
    return jwt.encode(claims, "correct horse battery staple", algorithm="HS256")  # finding: high
