import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;

class AuthController {
    static final String COOKIE_NAME = "auth_token";

    ResponseEntity<Void> login(String token) {
        var cookie = ResponseCookie.from(COOKIE_NAME, token).httpOnly(false).secure(true).path("/").build(); // finding
        return ResponseEntity.ok().header(HttpHeaders.SET_COOKIE, cookie.toString()).build();
    }
}
