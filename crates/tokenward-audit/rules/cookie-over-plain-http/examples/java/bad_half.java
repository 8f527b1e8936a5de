import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;

class LoginServlet {
    void answer(HttpServletResponse response, String token) {
        Cookie cookie = new Cookie("refreshToken", token); // finding
        cookie.setHttpOnly(true);
        cookie.setPath("/auth");
        response.addCookie(cookie);
    }
}
