from flask_talisman import Talisman

Talisman(app, force_https=False)  # finding: medium
