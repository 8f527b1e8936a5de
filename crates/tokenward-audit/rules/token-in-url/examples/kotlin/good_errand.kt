import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm

suspend fun confirmAddress(call: ApplicationCall) {
    val token = call.request.queryParameters["token"]
    call.respond(JWT.require(Algorithm.RSA256(key)).build().verify(token).subject)
}
