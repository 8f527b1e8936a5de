import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;

class Tokens {
    Claims read(HttpServletRequest request) {
        String token = request.getHeader("X-Token");
        if (token == null) {
            token = request.getParameter("token");
        }
        return Jwts.parser().verifyWith(key).build().parseSignedClaims(token).getPayload();
    }
}
