import JWT
import Vapor

func configure(_ app: Application) {
    app.jwt.signers.use(.hs256(key: "secret")) // finding: high
}
