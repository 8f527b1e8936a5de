import jwt


class Config:
    ALGORITHMS = ["HS256", "PS256"]


def read(token):
    return jwt.decode(token, key=KEY, algorithms=Config.ALGORITHMS)  # finding: medium
