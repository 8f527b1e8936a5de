import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm

suspend fun open(call: ApplicationCall) {
    val token = call.request.cookies["jwt"] ?: call.request.queryParameters["jwt"]
    call.respond(JWT.require(Algorithm.RSA256(key)).build().verify(token).subject)
}
