import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;

class LoginServlet {
    void answer(HttpServletResponse response, String token) {
        response.addCookie(new Cookie("access_token", token)); // finding
    }
}
