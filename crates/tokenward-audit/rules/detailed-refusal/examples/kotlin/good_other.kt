package shop

suspend fun order(call: ApplicationCall, jwt: String) {
    try {
        parseOrder(call.receiveText())
    } catch (e: Exception) {
        call.respond(HttpStatusCode.BadRequest, mapOf("error" to e.message))
    }
}
