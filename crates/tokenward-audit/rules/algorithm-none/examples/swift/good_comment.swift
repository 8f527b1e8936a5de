import JWTKit

// signers.use(.unsecuredNone) is for nobody.
func configure(_ signers: JWTSigners, jwks: String) throws {
    try signers.use(jwksJSON: jwks)
}
