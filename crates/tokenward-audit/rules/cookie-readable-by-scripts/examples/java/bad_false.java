import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;

class LoginServlet {
    void answer(HttpServletResponse response, String token) {
        Cookie cookie = new Cookie("jwt", token); // finding
        cookie.setHttpOnly(false);
        cookie.setSecure(true);
        response.addCookie(cookie);
    }
}
