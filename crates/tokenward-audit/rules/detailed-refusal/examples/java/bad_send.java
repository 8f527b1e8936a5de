package shop;

import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.Jwts;

class Filter {
    void filter(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            Jwts.parser().setSigningKey(key).parseClaimsJws(token(request));
        } catch (JwtException e) {
            response.sendError(401, e.getMessage()); // finding: medium
        }
    }
}
