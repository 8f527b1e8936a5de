import JWTKit

struct Signers {
    let secret: String

    func signer() -> JWTSigner { .hs256(key: secret) }
}
