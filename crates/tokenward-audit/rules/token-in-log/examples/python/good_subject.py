import logging

import jwt


def current_user(token):
    token = jwt.decode(token, KEY, algorithms=["RS256"])
    logging.info("request of %s", token["sub"])
    return token
