import JWT
import Vapor

func configure(_ app: Application) {
    app.jwt.signers.use(JWTSigner.unsecuredNone, kid: "dev") // finding: critical
}
