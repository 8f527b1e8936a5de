import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;

class Tokens {
    Claims read(String token) {
        return Jwts.parser().verifyWith(key).build().parseSignedClaims(token).getPayload();
    }
}
