import io.ktor.http.*
import io.ktor.server.application.*
import io.ktor.server.response.*

suspend fun answer(call: ApplicationCall, token: String) {
    call.response.cookies.append(
        Cookie(name = "jwt", value = token, httpOnly = true, secure = true, path = "/"),
    )
}
