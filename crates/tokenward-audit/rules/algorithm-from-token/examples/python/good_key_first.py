import jwt


def claims(token, keys):
    header = jwt.get_unverified_header(token)
    found = keys.get(header["kid"])
    algorithm = (found or {}).get("alg") or header.get("alg")
    return jwt.decode(token, as_key(found), algorithms=[algorithm], audience="billing")
