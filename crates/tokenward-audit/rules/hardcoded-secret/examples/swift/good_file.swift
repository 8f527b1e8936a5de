import Foundation
import JWTKit

func key(at path: String) async throws -> HMACKey {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    return HMACKey(key: SymmetricKey(data: bytes))
}
