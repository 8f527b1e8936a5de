import io.ktor.http.*
import io.ktor.server.application.*
import io.ktor.server.response.*

suspend fun answer(call: ApplicationCall, token: String) {
    call.response.cookies.append("theme", token)
    call.response.cookies.append("csrf_token", token)
}
