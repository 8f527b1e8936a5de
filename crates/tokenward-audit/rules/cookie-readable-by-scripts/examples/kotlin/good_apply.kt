import jakarta.servlet.http.Cookie
import jakarta.servlet.http.HttpServletResponse

fun answer(response: HttpServletResponse, token: String) {
    val cookie = Cookie("jwt", token).apply {
        isHttpOnly = true
        secure = true
    }
    response.addCookie(cookie)
}
