import JWTKit

let signers = JWTSigners()
signers.use(.unsecuredNone) // finding: critical
