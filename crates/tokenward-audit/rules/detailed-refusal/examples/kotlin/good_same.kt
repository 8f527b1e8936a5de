package shop

import com.auth0.jwt.JWTVerifier

class Guard(private val verifier: JWTVerifier) {
    suspend fun user(call: ApplicationCall, token: String): String? {
        try {
            return verifier.verify(token).subject
        } catch (e: Exception) {
            call.respond(HttpStatusCode.Unauthorized, mapOf("error" to "invalid_token"))
            return null
        }
    }
}
