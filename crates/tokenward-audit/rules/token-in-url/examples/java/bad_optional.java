import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;

class Tokens {
    @RequestMapping("/events/{room}")
    Claims stream(@PathVariable String room, @RequestParam(required = false) String jwt) {
        return Jwts.parser().verifyWith(key).build().parseSignedClaims(jwt).getPayload(); // finding
    }
}
