import com.auth0.jwt.JWT
import com.auth0.jwt.algorithms.Algorithm

suspend fun open(call: ApplicationCall) =
    JWT.require(Algorithm.RSA256(key)).build().verify(call.request.queryParameters["jwt"]) // finding
