import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;

class Tokens {
    @GetMapping("/orders")
    Claims list(@RequestParam int page, @RequestHeader("Authorization") String token) {
        return Jwts.parser().verifyWith(key).build().parseSignedClaims(token).getPayload();
    }
}
