import io.jsonwebtoken.Jwts

fun claims(token: String): ResponseEntity<*> = try {
    ResponseEntity.ok(Jwts.parser().verifyWith(key).build().parseSignedClaims(token).payload)
} catch (e: ExpiredJwtException) {
    ResponseEntity.status(401).body(e.message)
}
