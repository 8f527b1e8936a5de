import JWTKit

struct Claims: JWTPayload {
    let exp: ExpirationClaim

    func verify(using signer: JWTSigner) throws {
        try check()
    }

    private func check() throws {
        try exp.verifyNotExpired()
    }
}
