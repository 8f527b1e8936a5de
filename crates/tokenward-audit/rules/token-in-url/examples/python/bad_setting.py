from flask_jwt_extended import JWTManager

app.config["JWT_TOKEN_LOCATION"] = ["headers", "query_string"]  # finding: medium
