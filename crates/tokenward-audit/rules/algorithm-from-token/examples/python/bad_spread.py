from jwt import decode, get_unverified_header as header_of


def read(token):
    options = {"algorithms": [header_of(token)["alg"]], "audience": "api"}
    return decode(token, KEY, **options)  # finding: high
