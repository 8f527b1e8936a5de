import io.jsonwebtoken.Jwts;

class Accounts {
    ResponseEntity<?> claims(String token) {
        try {
            return ResponseEntity.ok(Jwts.parser().verifyWith(key).build().parseSignedClaims(token));
        } catch (ExpiredJwtException e) {
            return ResponseEntity.status(401).body(e.getMessage());
        }
    }
}
