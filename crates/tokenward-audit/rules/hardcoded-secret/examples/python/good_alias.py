import jwt

OPTIONS = {"algorithm": "HS256", "secret": None}
OTHER_NAMES = {"secret": "signing_word", "algorithm_name": "alg"}
