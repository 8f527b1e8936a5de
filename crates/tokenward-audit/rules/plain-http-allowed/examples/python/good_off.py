import os

from flask_talisman import Talisman

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "0"
Talisman(app, force_https=settings.force_https)
