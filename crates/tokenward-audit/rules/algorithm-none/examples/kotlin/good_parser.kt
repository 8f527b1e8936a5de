package shop

import io.jsonwebtoken.Jwts

fun read(token: String, key: PublicKey) =
    Jwts.parser().verifyWith(key).build().parseSignedClaims(token).payload
