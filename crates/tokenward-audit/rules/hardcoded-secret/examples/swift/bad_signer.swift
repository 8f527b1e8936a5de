import JWTKit

let signer = JWTSigner.hs256(key: "orchard-winter-42") // finding: high
