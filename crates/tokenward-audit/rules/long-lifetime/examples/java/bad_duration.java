package shop;

import com.auth0.jwt.JWT;
import java.time.Duration;
import java.time.Instant;

class Tokens {
    private static final Duration TTL = Duration.ofHours(12);

    String issue(String user) {
        return JWT.create().withExpiresAt(Instant.now().plus(TTL)).sign(algorithm); // finding: medium
    }
}
