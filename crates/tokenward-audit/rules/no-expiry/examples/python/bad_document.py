import jwt


def seal(evidence):
    envelope = {"iss": "audit", "iat": now(), "evidence": evidence}
    return jwt.encode(envelope, SEAL_SECRET, algorithm="HS256")  # finding: uncertain
