import JWT
import Vapor

func configure(_ app: Application) {
    let secret = Environment.get("JWT_SECRET") ?? "development" // finding: high
    app.jwt.signers.use(.hs256(key: secret))
}
