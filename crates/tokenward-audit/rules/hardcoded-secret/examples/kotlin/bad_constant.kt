package shop

import io.jsonwebtoken.Jwts
import io.jsonwebtoken.security.Keys

class Tokens {
    companion object {
        private const val SECRET = "a-secret-that-everybody-can-read-here" // finding: high
    }

    private val key = Keys.hmacShaKeyFor(SECRET.toByteArray())
}
