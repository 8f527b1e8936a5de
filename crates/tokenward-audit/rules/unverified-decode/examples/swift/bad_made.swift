import JWTKit
import Vapor

final class Tenants {
    func tenant(token: String) async throws -> Tenant? {
        let keys = JWTKeyCollection()
        let payload = try await keys.unverified(token, as: Claims.self) // finding: uncertain
        return try await Tenant.find(payload.tenant)
    }
}
