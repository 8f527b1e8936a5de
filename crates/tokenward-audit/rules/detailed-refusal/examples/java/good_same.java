package shop;

import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.Jwts;

class Filter {
    void filter(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            Jwts.parser().setSigningKey(key).parseClaimsJws(token(request));
        } catch (JwtException e) {
            log.debug("refused: {}", e.getMessage());
            response.sendError(401, "invalid_token");
        }
    }
}
