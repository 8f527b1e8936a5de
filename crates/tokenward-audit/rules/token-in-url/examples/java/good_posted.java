import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;

class Tokens {
    @PostMapping("/session")
    Claims open(@RequestParam String token) {
        return Jwts.parser().verifyWith(key).build().parseSignedClaims(token).getPayload();
    }
}
