import io.ktor.http.*
import io.ktor.server.application.*
import io.ktor.server.response.*

suspend fun answer(call: ApplicationCall, token: String) {
    call.response.cookies.append(Cookie("jwt", token, httpOnly = false, secure = true)) // finding
}
