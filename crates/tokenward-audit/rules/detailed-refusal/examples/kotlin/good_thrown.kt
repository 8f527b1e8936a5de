package shop

import io.jsonwebtoken.JwtException
import io.jsonwebtoken.Jwts

fun read(token: String, key: PublicKey) = try {
    Jwts.parser().verifyWith(key).build().parseSignedClaims(token).payload
} catch (e: JwtException) {
    throw BadToken(e)
}
