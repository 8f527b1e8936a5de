package shop

import com.auth0.jwt.JWTVerifier

class Entry(private val verifier: JWTVerifier) {
    fun check(token: String, response: HttpServletResponse) {
        try {
            verifier.verify(token)
        } catch (e: Exception) {
            response.writer.write("{\"error\":\"$e\"}") // finding
        }
    }
}
