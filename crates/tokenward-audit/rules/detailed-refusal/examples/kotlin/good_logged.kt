package shop

import com.auth0.jwt.JWTVerifier

class Guard(private val verifier: JWTVerifier, private val logger: Logger) {
    fun user(token: String): String? = try {
        verifier.verify(token).subject
    } catch (e: Exception) {
        logger.info("refused: ${e.message}")
        null
    }
}
