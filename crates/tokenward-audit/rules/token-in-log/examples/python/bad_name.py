import logging

import jwt  # noqa: F401


def forward(access_token):
    logging.info("calling with %s", access_token)  # finding: uncertain
    return call(access_token)
