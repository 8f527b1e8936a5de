import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;

class Tokens {
    Claims read(HttpServletRequest request) {
        String token = request.getParameter("token"); // finding
        return Jwts.parser().verifyWith(key).build().parseSignedClaims(token).getPayload();
    }
}
