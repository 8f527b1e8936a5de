import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;

class AuthController {
    static final String COOKIE_NAME = "auth_token";

    ResponseEntity<Void> login(String token) {
        ResponseCookie cookie = ResponseCookie.from("jwt", token)
            .httpOnly(settings.isHidden())
            .secure(settings.isSecure())
            .build();
        return ResponseEntity.ok().header(HttpHeaders.SET_COOKIE, cookie.toString()).build();
    }
}
