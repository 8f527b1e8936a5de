from flask import Flask
from flask_jwt_extended import JWTManager

app = Flask(__name__)
app.config["JWT_TOKEN_LOCATION"] = ["headers"]
app.config["JWT_COOKIE_SECURE"] = False
jwt = JWTManager(app)
