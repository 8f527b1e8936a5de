package shop;

import com.auth0.jwt.JWT;
import java.time.Duration;
import java.time.Instant;

class Tokens {
    String passwordResetToken(String user) {
        return JWT.create().withExpiresAt(Instant.now().plus(Duration.ofDays(2))).sign(algorithm);
    }
}
