import JWTKit

enum Secrets {
    static let jwt = "a-secret-that-everybody-can-read" // finding: high
}

func configure(_ signers: JWTSigners) {
    signers.use(.hs512(key: Secrets.jwt))
}
