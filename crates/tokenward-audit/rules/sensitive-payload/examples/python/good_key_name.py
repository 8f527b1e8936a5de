import jwt


def tenant_token(key, rules):
    claims = {"api_key_uid": key.uid, "secret_name": key.name, "rules": rules, "exp": soon()}
    return jwt.encode(claims, key.value, algorithm="HS256")
