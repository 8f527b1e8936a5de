import JWT
import Vapor

func configure(_ app: Application) throws {
    guard let secret = Environment.get("BILLING_JWT_KEY") else { throw Abort(.internalServerError) }
    app.jwt.signers.use(.hs256(key: secret))
}
