package shop;

import io.jsonwebtoken.Jwts;
import java.time.Duration;

class Tokens {
    private static final Duration CACHE = Duration.ofDays(90);

    Object read(String token) {
        return Jwts.parser().verifyWith(keys.cached(CACHE)).build().parseSignedClaims(token);
    }
}
