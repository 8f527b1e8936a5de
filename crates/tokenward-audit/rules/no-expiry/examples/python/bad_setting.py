from flask_jwt_extended import JWTManager

app.config["JWT_SECRET_KEY"] = key
app.config["JWT_ACCESS_TOKEN_EXPIRES"] = False  # finding: high
