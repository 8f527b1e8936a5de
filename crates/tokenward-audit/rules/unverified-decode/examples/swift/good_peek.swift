import JWTKit
import Vapor

func user(_ req: Request, keys: JWTKeyCollection) async throws -> String {
    let token = req.headers.bearerAuthorization!.token
    let peek = try await keys.unverified(token, as: SessionPayload.self)
    try await load(issuer: peek.iss)
    return try await keys.verify(token, as: SessionPayload.self).subject.value
}
