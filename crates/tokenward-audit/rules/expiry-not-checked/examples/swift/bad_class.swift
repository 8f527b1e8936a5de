import JWTKit

final class Token: JWTPayload {
    let user: Int
    let exp: ExpirationClaim

    func verify(using signer: JWTSigner) throws { } // finding: high
}
