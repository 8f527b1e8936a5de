import JWTKit

func keys(pem: String) async throws -> JWTKeyCollection {
    let keys = JWTKeyCollection()
    await keys.add(ecdsa: try ES256PublicKey(pem: pem), kid: "2026-11")
    return keys
}
