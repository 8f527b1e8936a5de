package shop

import io.jsonwebtoken.JwtException
import io.jsonwebtoken.Jwts

class Filter(private val key: PublicKey) {
    fun check(token: String, response: HttpServletResponse) {
        try {
            Jwts.parser().verifyWith(key).build().parseSignedClaims(token)
        } catch (e: JwtException) {
            response.sendError(401, e.localizedMessage) // finding
        }
    }
}
