import JWTKit
import Vapor

func user(_ req: Request, keys: JWTKeyCollection) async throws -> String {
    let token = req.headers.bearerAuthorization!.token
    let payload = try await keys.verify(token, as: SessionPayload.self)
    return payload.subject.value
}
