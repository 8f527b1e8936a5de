import io.ktor.http.*
import io.ktor.server.application.*
import io.ktor.server.response.*

suspend fun answer(call: ApplicationCall, token: String) {
    val cookie = Cookie(name = "refresh_token", value = token, secure = true, path = "/auth") // finding
    call.response.cookies.append(cookie)
}
