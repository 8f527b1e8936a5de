import io.jsonwebtoken.Jwts;
import java.util.HashMap;
import java.util.Map;

class Issuer {
  String issue(User user) {
    return Jwts.builder().claim("ssn", user.getSsn()).expiration(soon()).signWith(key).compact(); // finding: high
  }
}
