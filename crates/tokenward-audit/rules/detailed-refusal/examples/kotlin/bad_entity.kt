package shop

import io.jsonwebtoken.JwtException
import io.jsonwebtoken.Jwts

fun me(token: String, key: PublicKey): ResponseEntity<String> = try {
    ResponseEntity.ok(Jwts.parser().verifyWith(key).build().parseSignedClaims(token).payload.subject)
} catch (e: JwtException) {
    ResponseEntity.status(401).body(e.message) // finding
}
