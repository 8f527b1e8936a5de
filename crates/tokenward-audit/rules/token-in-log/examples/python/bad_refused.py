import logging

import jwt


def current_user(token):
    try:
        return jwt.decode(token, KEY, algorithms=["RS256"])["sub"]
    except jwt.InvalidTokenError:
        logging.warning("refused: %s", token)  # finding: uncertain
        return None
