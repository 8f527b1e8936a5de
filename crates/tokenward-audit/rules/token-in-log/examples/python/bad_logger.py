import logging

import jwt

logger = logging.getLogger(__name__)


def current_user(token):
    logger.info("checking %s", token)  # finding: high
    return jwt.decode(token, KEY, algorithms=["RS256"])["sub"]
