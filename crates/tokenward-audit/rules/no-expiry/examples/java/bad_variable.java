package shop;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;

class Tokens {
    String issue(String user) {
        JWTCreator.Builder builder = JWT.create().withSubject(user);
        builder.withClaim("plan", "free");
        return builder.sign(algorithm); // finding: high
    }
}
