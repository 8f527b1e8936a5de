package shop

import io.jsonwebtoken.Jwts

const val ISSUER = "https://auth.example"

fun read(token: String, keys: Keys) =
    Jwts.parser().verifyWith(keys.publicKey("2026-11")).requireIssuer(ISSUER).build().parseSignedClaims(token)
