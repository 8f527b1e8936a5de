import JWTKit

struct Mock {
    // func verify(using signer: JWTSigner) throws {}
    func sign(using signer: JWTSigner) throws {}
}
