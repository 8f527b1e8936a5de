import JWTKit

let refused = ["none", "unsecuredNone"]
