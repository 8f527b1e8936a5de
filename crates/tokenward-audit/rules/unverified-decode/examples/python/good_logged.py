import logging

import jwt
from flask import request

log = logging.getLogger(__name__)


def refused():
    token = request.headers["Authorization"].split(" ")[1]
    log.info("refused: %s", jwt.decode(token, options={"verify_signature": False}))
    return "no", 401
