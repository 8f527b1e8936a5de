import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;

class Tokens {
    Claims read(ServerWebExchange exchange) {
        String token = exchange.getRequest().getQueryParams().getFirst("token"); // finding
        return Jwts.parser().verifyWith(key).build().parseSignedClaims(token).getPayload();
    }
}
