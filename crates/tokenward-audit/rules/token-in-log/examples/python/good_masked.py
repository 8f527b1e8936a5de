import logging

import jwt


def login(user):
    token = jwt.encode({"sub": user.id, "exp": end()}, KEY, algorithm="HS256")
    logging.info("issued %s", mask(token))
    return token
