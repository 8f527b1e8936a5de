package shop

import com.auth0.jwt.JWTVerifier
import com.auth0.jwt.exceptions.JWTVerificationException

class Guard(private val verifier: JWTVerifier) {
    suspend fun user(call: ApplicationCall, token: String): String? {
        try {
            return verifier.verify(token).subject
        } catch (e: JWTVerificationException) {
            call.respond(HttpStatusCode.Unauthorized, mapOf("error" to e.message)) // finding: medium
            return null
        }
    }
}
