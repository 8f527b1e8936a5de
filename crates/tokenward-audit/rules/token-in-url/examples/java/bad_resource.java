import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;

class Tokens {
    @GET
    @Path("/orders")
    Claims list(@QueryParam("access_token") String token) {
        return Jwts.parserBuilder().setSigningKey(key).build().parseClaimsJws(token).getBody(); // finding
    }
}
