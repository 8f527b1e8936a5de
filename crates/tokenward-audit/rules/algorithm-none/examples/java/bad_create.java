package shop;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;

class Tokens {
    String issue(String user) {
        return JWT.create().withSubject(user).sign(Algorithm.none()); // finding: high
    }
}
