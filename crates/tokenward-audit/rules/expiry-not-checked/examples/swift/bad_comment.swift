import JWT
import Vapor

struct TestPayload: JWTPayload, Authenticatable {
    var exp: ExpirationClaim

    func verify(using signer: JWTSigner) throws { // finding: high
        // try exp.verifyNotExpired()
    }
}
