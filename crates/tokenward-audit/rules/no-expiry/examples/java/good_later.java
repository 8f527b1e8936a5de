package shop;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;

class Tokens {
    String issue(String user, boolean forever) {
        JWTCreator.Builder builder = JWT.create().withSubject(user);
        if (!forever) {
            builder.withExpiresAt(soon());
        }
        return builder.sign(algorithm);
    }
}
