import JWTKit

func keys() async -> JWTKeyCollection {
    let keys = JWTKeyCollection()
    await keys.add(hmac: HMACKey(from: "orchard-winter-42"), digestAlgorithm: .sha256) // finding: high
    return keys
}
