import JWTKit
import Vapor

func configure(_ app: Application) throws {
    if Environment.get("PLAIN_TOKENS") != nil {
        app.jwt.signers.use(.unsecuredNone, isDefault: true) // finding: critical
    }
}
