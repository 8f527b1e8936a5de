from flask_jwt_extended import JWTManager

jwt = JWTManager(app)


@jwt.token_in_blocklist_loader
def check_if_token_is_revoked(jwt_header, jwt_payload):
    if jwt_payload["jti"] in ended:
        return True
    return False
