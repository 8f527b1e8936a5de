import io.ktor.http.*
import io.ktor.server.application.*
import io.ktor.server.response.*

suspend fun answer(call: ApplicationCall, token: String) {
    call.response.cookies.append( // finding
        name = "access_token",
        value = token,
        maxAge = 900L,
        httpOnly = true,
        path = "/",
    )
}
