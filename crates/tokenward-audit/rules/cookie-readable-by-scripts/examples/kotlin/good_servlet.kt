import jakarta.servlet.http.Cookie
import jakarta.servlet.http.HttpServletResponse

fun answer(response: HttpServletResponse, token: String) {
    val cookie = Cookie("jwt", token)
    cookie.isHttpOnly = true
    cookie.secure = true
    response.addCookie(cookie)
}
