package shop;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;

class Tokens {
    String issue(String user, Algorithm algorithm) {
        return JWT.create() // finding: high
            .withIssuer("shop")
            .withSubject(user)
            .sign(algorithm);
    }
}
