package shop;

import com.auth0.jwt.algorithms.Algorithm;
import org.springframework.beans.factory.annotation.Value;

class Tokens {
    @Value("${jwt.secret}")
    private String secret;

    Algorithm algorithm() {
        return Algorithm.HMAC512(secret);
    }
}
