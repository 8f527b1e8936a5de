from datetime import timedelta

from flask_jwt_extended import JWTManager

app.config["JWT_ACCESS_TOKEN_EXPIRES"] = timedelta(days=365)  # finding: high
