import jakarta.servlet.http.Cookie
import jakarta.servlet.http.HttpServletResponse

fun answer(response: HttpServletResponse, token: String) {
    val cookie = Cookie("jwt", token) // finding
    cookie.secure = true
    cookie.path = "/"
    response.addCookie(cookie)
}
