import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;

class Tokens {
    Claims read(HttpServletRequest request) {
        String token = request.getHeader("Authorization").substring(7);
        return Jwts.parser().verifyWith(key).build().parseSignedClaims(token).getPayload();
    }
}
