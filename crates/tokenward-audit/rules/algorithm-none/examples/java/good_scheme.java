import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jwts;

class Reader {
  Claims read(String header) {
    return Jwts.parser().verifyWith(key).build().parseSignedClaims(header.substring(7)).getPayload();
  }
}
