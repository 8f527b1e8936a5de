from flask_jwt_extended import JWTManager

jwt = JWTManager(app)


@jwt.token_in_blocklist_loader
def is_token_revoked(jwt_header, jwt_payload):
    return ended.contains(jwt_payload["jti"])
