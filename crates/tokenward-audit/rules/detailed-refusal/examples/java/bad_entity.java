package shop;

import com.auth0.jwt.JWT;
import com.auth0.jwt.exceptions.JWTVerificationException;

class Controller {
    ResponseEntity<?> me(String token) {
        try {
            return ResponseEntity.ok(JWT.require(algorithm).build().verify(token).getSubject());
        } catch (JWTVerificationException exception) {
            return ResponseEntity.status(401).body(exception.getMessage()); // finding: medium
        }
    }
}
