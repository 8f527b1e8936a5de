import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;

class MockLogin {
    String token(String user) {
        var key = Keys.hmacShaKeyFor("a secret that everybody knows, of course".getBytes());
        return Jwts.builder().subject(user).expiration(soon()).signWith(key).compact();
    }
}
