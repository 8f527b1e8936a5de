import JWTKit
import Vapor

func roles(_ req: Request, signers: JWTSigners) throws -> [String] {
    let claims = try signers.unverified(req.cookies["session"]!.string, as: Claims.self) // finding: high
    return claims.roles
}
