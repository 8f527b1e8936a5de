import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;

class LoginServlet {
    void answer(HttpServletResponse response, String token) {
        Cookie cookie = new Cookie("jwt", token);
        cookie.setMaxAge(0);
        response.addCookie(cookie);
        response.addCookie(new Cookie("refresh_token", null));
    }
}
