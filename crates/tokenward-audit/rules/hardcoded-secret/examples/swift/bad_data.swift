import SwiftJWT

let signer = JWTSigner.hs256(key: Data("orchard-winter-42".utf8)) // finding: high
