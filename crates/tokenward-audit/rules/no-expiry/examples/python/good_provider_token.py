import time

import jwt


def provider_token(issuer, key, headers):
    """For APNs, which refuses it an hour after its `iat`."""
    return jwt.encode({"iss": issuer, "iat": int(time.time())}, key, algorithm="ES256", headers=headers)
