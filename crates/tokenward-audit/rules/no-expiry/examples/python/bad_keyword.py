import jwt as pyjwt


def issue(user):
    return pyjwt.encode(payload=dict(sub=user.id), key=KEY, algorithm="ES256")  # finding: high
