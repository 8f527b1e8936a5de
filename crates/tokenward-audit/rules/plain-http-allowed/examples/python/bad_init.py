from flask_talisman import Talisman

talisman = Talisman()
talisman.init_app(app, strict_transport_security=False)  # finding: low
