import JWTKit
import Vapor

func configure(_ app: Application) throws {
    if app.environment == .development {
        app.jwt.signers.use(.unsecuredNone, isDefault: true)
    }
}
