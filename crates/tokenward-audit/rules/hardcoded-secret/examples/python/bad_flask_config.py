import jwt
from flask import Flask

app = Flask(__name__)
app.config["SECRET_KEY"] = "thisisthesecretkey"  # finding: high


def issue(user):
    claims = {"sub": user.id, "exp": soon()}
    return jwt.encode(claims, app.config["SECRET_KEY"], algorithm="HS256")
