package shop

import com.auth0.jwt.JWT

suspend fun user(call: ApplicationCall, token: String, algorithm: Algorithm) {
    try {
        JWT.require(algorithm).build().verify(token)
    } catch (error: Exception) {
        call.respondText("bad token: ${error.message}", status = HttpStatusCode.Unauthorized) // finding
    }
}
