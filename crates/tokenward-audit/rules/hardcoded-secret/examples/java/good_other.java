package shop;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;

class Tokens {
    private static final String ISSUER = "https://auth.example.com";
    private static final String HEADER = "X-Secret";

    String issue(Algorithm algorithm) {
        return JWT.create().withIssuer(ISSUER).sign(algorithm);
    }
}
