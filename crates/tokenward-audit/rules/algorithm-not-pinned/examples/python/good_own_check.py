from authlib.jose import jwt


class Sessions:
    def __init__(self, signs, verifies):
        made = jwt.encode({"alg": "ES256"}, {"n": 1}, signs)
        assert jwt.decode(made, verifies) == {"n": 1}, "these keys do not belong together"
