package shop;

import io.jsonwebtoken.Jwts;

class Controller {
    Object login(String name, String password) {
        try {
            return users.login(name, password);
        } catch (LoginException e) {
            return ResponseEntity.status(401).body(e.getMessage());
        }
    }

    Object check(String token) {
        return Jwts.parser().verifyWith(key).build().parseSignedClaims(token);
    }
}
