package shop;

import com.auth0.jwt.JWT;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

class Tokens {
    String issue(String user) {
        return JWT.create().withExpiresAt(Instant.now().plus(7, ChronoUnit.DAYS)).sign(algorithm); // finding: high
    }
}
