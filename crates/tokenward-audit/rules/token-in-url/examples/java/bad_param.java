import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;

class Tokens {
    @GetMapping("/files")
    Claims open(@RequestParam("token") String token) {
        return Jwts.parser().verifyWith(key).build().parseSignedClaims(token).getPayload(); // finding
    }
}
