import jwt


def issue(user):
    return jwt.encode(
        {
            "sub": user.id,
            "profile": {"phone_number": user.phone},  # finding: medium
        },
        KEY,
    )
