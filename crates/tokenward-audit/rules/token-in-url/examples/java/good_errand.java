import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;

class Tokens {
    @GetMapping("/password/reset")
    Claims open(@RequestParam String token) {
        return Jwts.parser().verifyWith(key).build().parseSignedClaims(token).getPayload();
    }
}
