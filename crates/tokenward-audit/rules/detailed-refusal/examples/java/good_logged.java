package shop;

import com.auth0.jwt.JWT;

class Controller {
    Object me(String token) {
        try {
            return JWT.require(algorithm).build().verify(token);
        } catch (Exception e) {
            logger.error("bad token: " + e.getMessage());
            return ResponseEntity.status(401).build();
        }
    }
}
