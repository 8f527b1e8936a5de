import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm

suspend fun open(call: ApplicationCall) {
    val token = call.request.queryParameters["token"] // finding
    val known = JWT.require(Algorithm.RSA256(key)).build().verify(token)
    call.respond(known.subject)
}
