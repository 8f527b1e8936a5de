import jwt


def get_unverified_claims(token):
    """Reads the claims without verification, to find out who has to verify them."""
    return jwt.decode(token, options={"verify_signature": False})


def issuer_of(token):
    claims = get_unverified_claims(token)
    return claims.get("iss")
