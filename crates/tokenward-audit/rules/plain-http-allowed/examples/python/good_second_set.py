from flask_talisman import Talisman

HEADERS_CONFIG = {"force_https": True, "session_cookie_secure": True}
HEADERS_DEV_CONFIG = {"force_https": False, "session_cookie_secure": False}

Talisman(app, **(HEADERS_DEV_CONFIG if app.debug else HEADERS_CONFIG))
