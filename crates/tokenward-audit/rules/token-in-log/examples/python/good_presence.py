import logging

import jwt


def current_user(token):
    logging.info("token there: %s", token is not None)
    logging.info("token: %s", "yes" if token else "no")
    return jwt.decode(token, KEY, algorithms=["RS256"])
