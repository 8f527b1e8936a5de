import JWTKit
import Vapor

func issuer(of token: String, signers: JWTSigners) throws -> String {
    let peek = try signers.unverified(token, as: Claims.self)
    return known[peek.iss]
}
