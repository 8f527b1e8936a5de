import io.ktor.http.*
import io.ktor.server.application.*
import io.ktor.server.response.*

suspend fun answer(call: ApplicationCall, token: String) {
    call.response.cookies.append("jwt", "", maxAge = 0L)
    call.response.cookies.append("refresh_token", token, maxAge = 0L)
}
