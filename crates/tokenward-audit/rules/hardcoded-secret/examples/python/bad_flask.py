from flask_jwt_extended import JWTManager

app.config["JWT_SECRET_KEY"] = "super-secret"  # finding: high
