import JWTKit

let signer: JWTSigner = .unsecuredNone // finding: critical

func issue(_ claims: Claims) throws -> String {
    try signer.sign(claims)
}
