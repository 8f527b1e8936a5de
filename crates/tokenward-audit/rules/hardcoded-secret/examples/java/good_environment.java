package shop;

import com.auth0.jwt.algorithms.Algorithm;

class Tokens {
    Algorithm algorithm() {
        String secret = System.getenv("BILLING_JWT_KEY");
        return Algorithm.HMAC256(secret);
    }
}
