import JWTKit
import Vapor

struct Me {
    let keys: JWTKeyCollection

    func user(_ req: Request) async throws -> User {
        let token = req.headers.bearerAuthorization!.token
        let payload = try await keys.unverified(token, as: SessionPayload.self) // finding: high
        return try await users.find(payload.subject)
    }
}
