import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;

class LoginServlet {
    void answer(HttpServletResponse response, String token) {
        Cookie cookie = new Cookie("jwt", token);
        cookie.setHttpOnly(true);
        cookie.setSecure(true);
        response.addCookie(cookie);
    }
}
