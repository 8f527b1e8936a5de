import JWTKit

struct Claims: JWTPayload {
    var sub: SubjectClaim

    func verify(using algorithm: some JWTAlgorithm) async throws {} // finding: high
}
