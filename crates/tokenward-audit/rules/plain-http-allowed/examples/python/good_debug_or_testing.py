import os

from flask import current_app
from requests_oauthlib import OAuth2Session


def session():
    if current_app.debug or current_app.testing:
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    return OAuth2Session(CLIENT)
