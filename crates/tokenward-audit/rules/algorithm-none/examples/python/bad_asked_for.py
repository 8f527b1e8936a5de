import jwt


def forge(claims, algorithm):
    if algorithm == "None":
        return jwt.encode(claims, "", algorithm="none")  # finding: uncertain
    return jwt.encode(claims, KEY, algorithm=algorithm)
