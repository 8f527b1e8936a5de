import jwt


def encode(payload, algorithm, key):
    if algorithm == "RS256":
        return jwt.encode(payload, key, algorithm="RS256")
    elif algorithm == "none":
        return jwt.encode(payload, None, algorithm="none")  # finding: uncertain
    raise ValueError(algorithm)
