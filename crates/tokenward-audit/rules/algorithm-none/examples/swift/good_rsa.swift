import JWTKit

func configure(_ signers: JWTSigners, key: RSAKey) {
    signers.use(.rs256(key: key))
}
