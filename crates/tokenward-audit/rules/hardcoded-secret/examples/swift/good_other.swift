import JWTKit

// .hs256(key: "secret") stood here once.
let issuer = "https://auth.example"
let audience = "shop"
