import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm

suspend fun open(call: ApplicationCall) {
    val token = call.queryParameters["access_token"] ?: return // finding
    call.respond(JWT.require(Algorithm.RSA256(key)).build().verify(token).subject)
}
