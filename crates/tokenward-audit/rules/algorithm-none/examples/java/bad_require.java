package shop;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.interfaces.DecodedJWT;

class Tokens {
    private final Algorithm algorithm = Algorithm.none();

    DecodedJWT check(String token) {
        return JWT.require(algorithm).build().verify(token); // finding: critical
    }
}
